import locale

print(locale.setlocale(locale.LC_ALL, "C.UTF-8"), locale.getlocale(), locale.getencoding())
print(locale.setlocale(locale.LC_CTYPE), locale.localeconv()["decimal_point"])
try:
    locale.setlocale(locale.LC_ALL, "tlh_QO")
except locale.Error as error:
    print(error)
locale.setlocale(locale.LC_ALL, "C")
print(locale.getlocale(), locale.getpreferredencoding(False), locale.str(3.5))
# same
# changed: "tlh_QO" -> "tlh_XX" @ fact locale.setlocale(6, 'tlh_XX') at 6=C.UTF-8 at end
# added: print(locale.getlocale(locale.LC_TIME)) @ fact locale.getlocale(2) at 6=C at end
# removed: print(locale.getlocale(), @ output stdout #4
