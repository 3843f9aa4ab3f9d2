# What a script finds beside Python itself. Run once, before the snapshot is taken from which every
# run starts; nothing of a run is known here yet. `host` has the functions that prelude_functions.cpp
# answers. The files of this folder are one program: names, decimal, values, datasets, assertions, script.
import builtins
import binascii
import datetime as _datetime
import gc
import io
import json
import math
import random
import re
import sys
import time
import collections
import functools
import itertools

_date = _datetime.date
_moment = _datetime.datetime
_timedelta = _datetime.timedelta
_utc = _datetime.timezone.utc
_EPOCH_ORDINAL = 719163
_DAY_MICROSECONDS = 86400000000


class FailedAssertion(AssertionError):
    """An assertion that does not hold. Uncaught, it ends the script, and is recorded if it was not."""
