import email.utils
from http.cookiejar import CookieJar, request_host
from http.cookies import SimpleCookie

cookie = SimpleCookie()
cookie["session"] = "1"
cookie["session"]["expires"] = 3600
print(cookie.output())
print(email.utils.formatdate(usegmt=True), email.utils.make_msgid(domain="x.test"))
print(len(CookieJar()._cookies_for_request.__name__), request_host.__name__)
# changed: 3600 -> 7200 @ output stdout
# added: print(email.utils.formatdate()) @ output stdout at end
# removed: print(email @ output stdout #2
