# SPDX-License-Identifier: Apache-2.0
"""Message classes, made from the schema at each start: nothing generated is kept."""

import atexit
import os
import shutil
import sys
import tempfile

import grpc_tools
from grpc_tools import protoc

SCHEMA = os.path.normpath(os.path.join(os.path.dirname(__file__), "../../../../proto"))
PACKAGES = ("assent/v1", "assent/conformance/v1")


def load():
    """Generate, and make `assent.*` importable. SystemExit says what is wrong."""
    folder = tempfile.mkdtemp(prefix="assent-stubs-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    files = [
        f"{package}/{name}"
        for package in PACKAGES
        for name in sorted(os.listdir(os.path.join(SCHEMA, package)))
    ]
    known = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")
    options = [f"-I{SCHEMA}", f"-I{known}", f"--python_out={folder}"]
    if protoc.main(["protoc", *options, *files]) != 0:
        sys.exit("The schema could not be compiled.")
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
