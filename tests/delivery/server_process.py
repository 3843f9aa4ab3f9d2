"""Servers as processes of ours: started as the user they want, awaited, stopped, killed, started again, and never left
behind."""
import ctypes
import os
import pathlib
import pwd
import random
import signal
import socket
import subprocess
import time

START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 30
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class ServiceError(Exception):
    """A service that could not be started or stopped; the text has the end of its log."""


def free_port():
    """A loopback port that nobody uses, below the range that the kernel hands out by itself, so
    that a server which is down for a moment finds its port free when it comes back."""
    for _ in range(1000):
        port = random.SystemRandom().randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(('127.0.0.1', port))
                return port
            except OSError:
                continue
    raise ServiceError('there is no free port between 20000 and 32000')


def wait_until(condition, timeout=START_TIMEOUT_SECONDS, what='condition', interval=0.02):
    """Polls until condition() is true; ServiceError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise ServiceError(f'{what} not reached within {timeout} s')
        time.sleep(interval)


def process_birth(pid):
    """Start time in clock ticks, or None if there is no such process; with the pid it names a
    process for good, as pids are used again."""
    try:
        fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    except OSError:
        return None
    return None if fields[0] in 'ZX' else int(fields[19])


def end_process(pid, birth, signals=(signal.SIGTERM, signal.SIGKILL)):
    """Sends the signals one after the other, each with its time to work, until it is gone."""
    for number in signals:
        if process_birth(pid) != birth:
            return
        os.kill(pid, number)
        try:
            wait_until(lambda: process_birth(pid) != birth, STOP_TIMEOUT_SECONDS, f'end of {pid}')
            return
        except ServiceError:
            continue
    raise ServiceError(f'process {pid} does not end')


class Server:
    """One server process: started, stopped, killed and started again on the same port and data."""

    user = None  # whom it runs as when we are root
    stop_signals = (signal.SIGTERM, signal.SIGKILL)

    def __init__(self, directory, tie_to_parent):
        self.directory = pathlib.Path(directory)
        self.tie_to_parent = tie_to_parent
        self.pid = None
        self.birth = None
        self._process = None

    def _identity(self):
        if os.geteuid() != 0:
            return {}
        entry = pwd.getpwnam(self.user)
        return {'user': entry.pw_uid, 'group': entry.pw_gid, 'extra_groups': []}

    def _make_directory(self):
        self.directory.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            entry = pwd.getpwnam(self.user)
            os.chown(self.directory, entry.pw_uid, entry.pw_gid)

    def _environment(self):
        return {'PATH': os.environ.get('PATH', '/usr/bin:/bin'), 'LANG': 'C.UTF-8',
                'HOME': str(self.directory)}

    def _spawn(self, command, environment, log):
        tie = None
        if self.tie_to_parent:
            def tie():
                _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        with open(log, 'ab') as output:
            process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                cwd=self.directory, start_new_session=True, preexec_fn=tie, **self._identity())
        return process

    def _run(self, process):
        self._process = process
        self.pid, self.birth = process.pid, process_birth(process.pid)

    def running(self):
        if self._process is not None and self._process.poll() is not None:
            return False
        return self.pid is not None and process_birth(self.pid) == self.birth

    def _await_readiness(self, ready, log, what):
        def ready_or_gone():
            return ready() or not self.running()
        try:
            wait_until(ready_or_gone, what=what)
        finally:
            if not (self.running() and ready()):
                text = pathlib.Path(log).read_text(errors='replace') if os.path.exists(log) else ''
                raise ServiceError(f'{what} failed; the end of {log} is:\n{text[-3000:]}')

    def stop(self, signals=None):
        if self.running():
            end_process(self.pid, self.birth, signals or self.stop_signals)
        if self._process is not None:
            self._process.wait()
        self.pid = self._process = None

    def kill(self):
        """As a crash: SIGKILL, and no chance to say goodbye."""
        self.stop((signal.SIGKILL,))

    def restart(self):
        self.stop()
        self.start()
