/**
 * Runs in the interpreter. The environment holds what is asked: places to look in and the packages with their versions. Prints
 * which archives there are of each, with the SHA-256 that an index announces, or that a file on this machine has. Both forms of
 * the simple index are read; a password in an address becomes a header.
 */
export const indexQuestion = `
import base64, hashlib, json, os, re, ssl, sys
from html.parser import HTMLParser
from urllib.error import HTTPError
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit
from urllib.request import Request, build_opener, HTTPSHandler, ProxyHandler, url2pathname
asked = json.loads(os.environ["STAGEDOOR_QUESTION"])
largest = 64 * 2 ** 20
handlers = [HTTPSHandler(context=ssl.create_default_context(cafile=asked["cert"]))]
if asked["proxy"]: handlers.append(ProxyHandler({"http": asked["proxy"], "https": asked["proxy"]}))
opener = build_opener(*handlers)

class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
    def handle_starttag(self, tag, attributes):
        href = dict(attributes).get("href") if tag == "a" else None
        if href: self.found.append(href)

def normal(name): return re.sub(r"[-_.]+", "-", name).lower()

def digest(file):
    hash = hashlib.sha256()
    with open(file, "rb") as stream:
        for chunk in iter(lambda: stream.read(2 ** 20), b""): hash.update(chunk)
    return hash.hexdigest()

def local(url): return url2pathname(unquote(urlsplit(url).path))

def page(url):
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")
    request = Request(urlunsplit(parts._replace(netloc=host[2])))
    request.add_header("Accept", "application/vnd.pypi.simple.v1+json, text/html;q=0.2")
    if host[0]: request.add_header("Authorization", "Basic " + base64.b64encode(unquote(host[0]).encode()).decode())
    with opener.open(request, timeout=60) as response:
        text = response.read(largest).decode("utf-8", "replace")
        base = response.geturl()
        if "json" in response.headers.get("Content-Type", ""):
            for file in json.loads(text)["files"]: yield file["filename"], urljoin(base, file["url"]), file["hashes"].get("sha256")
            return
    yield from links(text, base)

def links(text, base):
    reader = Links()
    reader.feed(text)
    for href in reader.found:
        url = urljoin(base, href)
        fragment = re.match(r"sha256=([0-9a-f]{64})$", urlsplit(url).fragment)
        yield unquote(urlsplit(url).path.rsplit("/", 1)[-1]), url, fragment and fragment.group(1)

def folder(place):
    for name in sorted(os.listdir(place)): yield name, os.path.join(place, name), None

def local_page(file):
    with open(file, encoding="utf-8", errors="replace") as stream:
        yield from links(stream.read(largest), "file://" + file)

def offers(place, name):
    if place["kind"] == "index":
        place = {"kind": "links", "at": place["at"].rstrip("/") + "/" + name + "/"}
        if place["at"].startswith("file:"): place["at"] = os.path.join(local(place["at"]), "index.html")
    at = place["at"]
    if at.startswith("file:"): at = local(at)
    if os.path.isdir(at): return folder(at)
    if re.match(r"https?:", at): return page(at)
    return local_page(at) if os.path.isfile(at) else iter(())

def is_of(file, name, version):
    stem = re.sub(r"\\.(whl|tar\\.gz|zip|tar\\.bz2)$", "", file)
    if stem == file: return False
    if file.endswith(".whl"):
        parts = stem.split("-")
        return len(parts) >= 5 and normal(parts[0]) == name and parts[1].replace("_", "-").lower() == version.lower()
    return not asked["wheels"] and normal(stem) == normal(name + "-" + version)

answer, trouble = [], None
for package in asked["packages"]:
    name, version, hashes = normal(package["name"]), package["version"], set()
    for place in asked["places"]:
        try:
            for file, at, sha256 in offers(place, name):
                if not is_of(file, name, version): continue
                if at.startswith("file:"): at = local(at)
                if sha256 is None and os.path.isfile(at): sha256 = digest(at)
                if sha256: hashes.add(sha256)
        except HTTPError as error:
            if error.code != 404: trouble = error.code
        except Exception as error: trouble = trouble or 0
    answer.append({"name": package["name"], "version": version, "hashes": sorted(hashes)})
print(json.dumps({"packages": answer, "trouble": trouble}))
`;
