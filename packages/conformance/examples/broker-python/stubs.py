# SPDX-License-Identifier: Apache-2.0
"""Message classes, made from the schema at each start: nothing generated is kept."""

import atexit
import os
import shutil
import sys
import tempfile

import grpc_tools
from grpc_tools import protoc

PLACES = ("proto", "node_modules/@assent/conformance/proto")
PACKAGES = ("assent/v1", "assent/conformance/v1")


def schema():
    """The folder of the schema: of the package, of the repository, or of what is installed here."""
    folder = os.path.dirname(os.path.abspath(__file__))
    while folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
        for place in PLACES:
            found = os.path.join(folder, place)
            if os.path.isdir(os.path.join(found, PACKAGES[0])):
                return found
    sys.exit("The schema is not here: npm install --save-dev @assent/conformance")


def load():
    """Generate, and make `assent.*` importable. SystemExit says what is wrong."""
    folder = tempfile.mkdtemp(prefix="assent-stubs-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder_of_schema = schema()
    files = [
        f"{package}/{name}"
        for package in PACKAGES
        for name in sorted(os.listdir(os.path.join(folder_of_schema, package)))
    ]
    known = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")
    options = [f"-I{folder_of_schema}", f"-I{known}", f"--python_out={folder}"]
    if protoc.main(["protoc", *options, *files]) != 0:
        sys.exit("The schema could not be compiled.")
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
