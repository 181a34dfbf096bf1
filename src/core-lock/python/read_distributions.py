"""Prints what is installed in a site-packages folder, as JSON: read_distributions.py FOLDER METADATA_LIMIT LIST_LIMIT

Nothing of the folder is imported. Text that is no UTF-8 counts as missing, but in METADATA, where it is replaced.
"""
import csv
import errno
import io
import json
import os
import stat
import sys

ABSENT = (errno.ENOENT, errno.ENOTDIR)


def refuse(reason):
    sys.stderr.write(reason + "\n")
    sys.exit(1)


try:
    from importlib import metadata
except ImportError:
    refuse("Python %d.%d has no importlib.metadata: 3.8 or later is needed" % sys.version_info[:2])


def read(file, limit):
    """The bytes of a regular file, None where there is none; other trouble ends the program."""
    try:
        facts = os.stat(file)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > limit:
            refuse("%s can't be read: it is too large or no regular file" % ascii(file))
        with open(file, "rb") as opened:
            return opened.read()
    except OSError as error:
        if error.errno in ABSENT:
            return None
        refuse("%s can't be read (%s)" % (ascii(file), errno.errorcode.get(error.errno or 0, "unknown error")))


def headers(info, limit):
    from email import message_from_string

    single = os.path.isfile(info)
    for file in [info] if single else [os.path.join(info, name) for name in ("METADATA", "PKG-INFO")]:
        found = read(file, limit)
        if found:
            message = message_from_string(found.decode("utf-8-sig", "replace"))
            return [one if one is None else "".join(str(one).splitlines()) for one in (message["Name"], message["Version"])]
    return [None, None]


def text(info, name, limit):
    found = read(os.path.join(info, name), limit)
    try:
        return None if found is None else found.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def files(info, limit):
    record = text(info, "RECORD", limit)
    if record is not None:
        return [row[0] for row in csv.reader(io.StringIO(record, newline="")) if row]
    installed = text(info, "installed-files.txt", limit) or ""
    return [os.path.normpath("info/" + line) for line in installed.splitlines() if line]


def describe(info, metadata_limit, list_limit):
    name, version = headers(info, metadata_limit)
    return {
        "place": os.path.basename(info),
        "name": name,
        "version": version,
        "declared": text(info, "top_level.txt", list_limit),
        "files": files(info, list_limit),
    }


def main(folder, metadata_limit, list_limit):
    os.listdir(folder)  # importlib.metadata takes a folder that is missing for an empty one
    # There is no public way to ask a distribution for its folder.
    infos = sorted({str(one._path) for one in metadata.distributions(path=[folder])})
    found = [describe(info, int(metadata_limit), int(list_limit)) for info in infos]
    sys.stdout.write(json.dumps({"distributions": found}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
