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
# mutant: "tlh_QO" -> "tlh_XX" @ fact locale.setlocale
# mutant: + print(locale.getlocale(locale.LC_TIME)) @ fact locale.getlocale
