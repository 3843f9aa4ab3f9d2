"""Guests' code against the same C compiled natively, by the compiler that makes artifacts of guests."""
import ctypes
import pathlib
import subprocess
import tempfile

import psycopg2
from figures import Figure, median_milliseconds

KERNELS = ("sieve", "sha256", "regex")
SOURCES = pathlib.Path(__file__).resolve().parent / "kernels"
TARGET_RATIO = 1.5


def measure(cursor, repetitions):
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for name in KERNELS:
            source = SOURCES / f"{name}.c"
            library = f"{folder}/{name}.so"
            subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", library, source], check=True)
            native = ctypes.CDLL(library).kernel
            native.restype = ctypes.c_uint32
            guest = f"{folder}/{name}.wasm"
            subprocess.run(["clang-14", "--target=wasm32", "-O2", "-mbulk-memory", "-nostdlib", "-Wl,--no-entry",
                            f"-DEXPECTED={native()}u",
                            "-o", guest, source], check=True)
            cursor.execute("SELECT checker.create_checker(%s, %s::bytea)",
                           (name, psycopg2.Binary(pathlib.Path(guest).read_bytes())))
            statement = f"SELECT checker.evaluate_checker('{name}') ->> 'status'"

            def run(statement=statement, name=name):
                cursor.execute(statement)
                status, = cursor.fetchone()
                if status != "ok":
                    raise RuntimeError(f"{name} computes something else as a guest")
            as_guest, natively = median_milliseconds([run, native], repetitions)
            figures.append(Figure(f"guest code: {name}", as_guest, "the same C, gcc -O2", natively,
                                  f"ratio at most {TARGET_RATIO}", as_guest / natively <= TARGET_RATIO))
    return figures
