import os
import urllib.request

print(sorted(urllib.request.getproxies()) == sorted(urllib.request.getproxies_environment()))
os.environ["http_proxy"] = "http://localhost:3128"
print(urllib.request.getproxies()["http"], urllib.request.proxy_bypass("localhost"))
# same
# changed: 3128 -> 3129 @ output stdout #2
# added: print(os.environ["AGENT_PROXY"]) @ fact env:AGENT_PROXY at end
# removed: print(sorted( @ output stdout
