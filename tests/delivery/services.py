#!/usr/bin/env python3
"""A private PostgreSQL cluster and a private RabbitMQ node for tests and demonstrations.

Both live in one directory, listen on 127.0.0.1 only, on free ports, and know nothing of the
services that the machine may run beside them (the broker has its own epmd, cookie and node name).
Started as root they run as the users postgres and rabbitmq, as both refuse to be root.

    services.py start --directory DIR [--pg-setting NAME=VALUE ...] [--only postgres|rabbitmq]
        returns when both answer; DIR/services.json says how to connect
    services.py stop --directory DIR [--remove]
        stops what the file names, and its epmd; with --remove deletes the directory too

As a library:

    with Services(pg_settings={'synchronous_commit': 'off'}) as services:
        services.postgres.psql('SELECT 1')      services.rabbitmq.url
        services.postgres.restart()             services.rabbitmq.kill()

The context manager stops everything at its end, also after an exception or SIGTERM; should the
caller itself be killed, the kernel passes a SIGTERM on to what it started.
"""
import argparse
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from server_process import (Server, ServiceError, end_process, free_port, process_birth,
                            wait_until)

RABBITMQ_SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server'


class Postgres(Server):
    """A cluster with the superuser `postgres` and trust authentication."""

    user = 'postgres'
    # Fast shutdown first, then immediate: the data directory is thrown away anyway.
    stop_signals = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)

    def __init__(self, directory, settings=None, tie_to_parent=True):
        super().__init__(directory, tie_to_parent)
        self.settings = dict(settings or {})
        self.host = '127.0.0.1'
        self.port = free_port()
        self.data = self.directory / 'data'
        self.log = self.directory / 'postgres.log'
        self.socket_directory = self.directory
        if len(str(self.directory)) > 80:  # a Unix socket's path holds 107 bytes
            self.socket_directory = pathlib.Path(tempfile.mkdtemp(prefix='pgc-', dir='/tmp'))
            if os.geteuid() == 0:
                os.chown(self.socket_directory, pwd.getpwnam(self.user).pw_uid, -1)

    @staticmethod
    def program(name):
        """Path of a PostgreSQL 15 program; Debian keeps the server's out of the PATH."""
        found = pathlib.Path('/usr/lib/postgresql/15/bin') / name
        return str(found) if found.exists() else name

    def initialize(self):
        self._make_directory()
        # The files of the data directory need not survive a power cut, only a kill.
        command = [self.program('initdb'), '-D', str(self.data), '-U', 'postgres', '-A', 'trust',
                   '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions']
        done = subprocess.run(command, env=self._environment(), cwd=self.directory,
                              capture_output=True, text=True, **self._identity())
        if done.returncode != 0:
            raise ServiceError(f'initdb failed:\n{done.stdout}{done.stderr}')
        settings = {'listen_addresses': self.host, 'port': self.port,
                    'unix_socket_directories': self.socket_directory, 'fsync': 'off',
                    'full_page_writes': 'off', 'max_connections': 50, 'shared_buffers': '64MB',
                    'max_wal_size': '256MB', 'log_line_prefix': '%m [%p] %a ', **self.settings}
        with open(self.data / 'postgresql.auto.conf', 'a', encoding='utf-8') as conf:
            for name, value in settings.items():
                quoted = str(value).replace("'", "''")
                conf.write(f"{name} = '{quoted}'\n")

    def start(self):
        command = [self.program('postgres'), '-D', str(self.data)]
        (self.data / 'postmaster.pid').unlink(missing_ok=True)
        self._run(self._spawn(command, self._environment(), self.log))
        self._await_readiness(self._ready, self.log, 'start of PostgreSQL')

    def _ready(self):
        try:  # line 8 is what pg_ctl waits for, too
            lines = (self.data / 'postmaster.pid').read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == 'ready'

    def psql(self, sql, database='postgres', check=True):
        """Runs SQL as the superuser; returns unaligned output without headers."""
        done = subprocess.run(
            [self.program('psql'), '-XAtq', '-v', 'ON_ERROR_STOP=1', '-h',
             str(self.socket_directory), '-p', str(self.port), '-U', 'postgres', '-d', database,
             '-f', '-'], input=sql, capture_output=True, text=True, env=self._environment())
        if check and done.returncode != 0:
            raise ServiceError(f'psql failed: {done.stderr}')
        return done.stdout.rstrip('\n')

    def describe(self):
        return {'host': self.host, 'port': self.port, 'user': 'postgres', 'database': 'postgres',
                'socket_directory': str(self.socket_directory), 'data_directory': str(self.data),
                'log': str(self.log), 'pid': self.pid, 'birth': self.birth,
                'dsn': f'host={self.host} port={self.port} user=postgres dbname=postgres'}

    def remove_socket_directory(self):
        if self.socket_directory != self.directory:
            shutil.rmtree(self.socket_directory, ignore_errors=True)


class RabbitMq(Server):
    """A broker with the user guest/guest and an epmd of its own."""

    user = 'rabbitmq'

    def __init__(self, directory, tie_to_parent=True, settings=None):
        super().__init__(directory, tie_to_parent)
        self.host = '127.0.0.1'
        self.port, self.distribution_port, self.epmd_port = free_port(), free_port(), free_port()
        self.node = f'checker-{self.port}@localhost'
        self.url = f'amqp://guest:guest@{self.host}:{self.port}/%2f'
        self.log = self.directory / 'rabbitmq.log'
        self.settings = dict(settings or {})
        self.epmd = None

    def initialize(self):
        self._make_directory()
        settings = {'listeners.tcp.1': f'{self.host}:{self.port}', 'log.file.level': 'info',
                    'vm_memory_high_watermark.absolute': '1GB', 'disk_free_limit.absolute': '50KB',
                    'raft.wal_max_size_bytes': 32000000, **self.settings}
        text = ''.join(f'{name} = {value}\n' for name, value in settings.items())
        (self.directory / 'rabbitmq.conf').write_text(text)
        (self.directory / 'enabled_plugins').write_text('[].\n')
        (self.directory / 'rabbitmq-env.conf').write_text('')

    def _environment(self):
        return {**super()._environment(),
                'ERL_EPMD_PORT': str(self.epmd_port), 'ERL_EPMD_ADDRESS': self.host,
                'RABBITMQ_NODENAME': self.node,
                'RABBITMQ_DIST_PORT': str(self.distribution_port),
                'RABBITMQ_CONF_ENV_FILE': str(self.directory / 'rabbitmq-env.conf'),
                'RABBITMQ_CONFIG_FILE': str(self.directory / 'rabbitmq.conf'),
                'RABBITMQ_ADVANCED_CONFIG_FILE': str(self.directory / 'advanced.config'),
                'RABBITMQ_ENABLED_PLUGINS_FILE': str(self.directory / 'enabled_plugins'),
                'RABBITMQ_MNESIA_BASE': str(self.directory / 'mnesia'),
                'RABBITMQ_LOG_BASE': str(self.directory / 'log'),
                'RABBITMQ_LOGS': str(self.log),
                'RABBITMQ_PID_FILE': str(self.directory / 'rabbitmq.pid'),
                # With input allowed the script execs the emulator: the pid is the broker's.
                'RABBITMQ_ALLOW_INPUT': '1',
                'RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS':
                    '-noinput -start_epmd false '
                    '-kernel inet_dist_use_interface {127,0,0,1} +S 2:2'}

    def start(self):
        output = self.directory / 'output.log'
        if self.epmd is None or self.epmd.poll() is not None:
            self.epmd = self._spawn(['epmd', '-address', self.host, '-port', str(self.epmd_port)],
                                    self._environment(), output)
            wait_until(lambda: self._answers(self.epmd_port), what='start of epmd')
        self._run(self._spawn([RABBITMQ_SERVER], self._environment(), output))
        self._await_readiness(self._ready, output, 'start of RabbitMQ')

    def _answers(self, port):
        try:
            with socket.create_connection((self.host, port), timeout=1):
                return True
        except OSError:
            return False

    def _ready(self):
        """True once the broker answers the protocol header with Connection.Start (AMQP 0-9-1,
        section 2.2.4): listeners open last, after users and plugins."""
        try:
            with socket.create_connection((self.host, self.port), timeout=1) as connection:
                connection.sendall(b'AMQP\x00\x00\x09\x01')
                return connection.recv(1) == b'\x01'
        except OSError:
            return False

    def ctl(self, *arguments):
        """Runs rabbitmqctl (it takes a second or two); returns its output."""
        done = subprocess.run(['/usr/lib/rabbitmq/bin/rabbitmqctl', '-q', '-n', self.node,
                               *arguments], env=self._environment(), cwd=self.directory,
                              capture_output=True, text=True, **self._identity())
        if done.returncode != 0:
            raise ServiceError(f'rabbitmqctl failed: {done.stdout}{done.stderr}')
        return done.stdout

    def stop_epmd(self):
        if self.epmd is not None:
            end_process(self.epmd.pid, process_birth(self.epmd.pid), (signal.SIGKILL,))
            self.epmd.wait()
            self.epmd = None

    def describe(self):
        return {'host': self.host, 'port': self.port, 'url': self.url, 'node': self.node,
                'user': 'guest', 'password': 'guest', 'log': str(self.log), 'pid': self.pid,
                'birth': self.birth, 'epmd_pid': self.epmd.pid,
                'epmd_birth': process_birth(self.epmd.pid)}


class Services:
    """Owns the directory and both servers. Without a directory it makes one and removes it."""

    def __init__(self, directory=None, pg_settings=None, only=None, tie_to_parent=True,
                 amqp_settings=None):
        self._own_directory = directory is None
        self.directory = pathlib.Path(directory or tempfile.mkdtemp(prefix='pgc-')).absolute()
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o755)  # the servers' users pass through; their folders are 0700
        self.postgres = self.rabbitmq = None
        if only in (None, 'postgres'):
            self.postgres = Postgres(self.directory / 'postgres', pg_settings, tie_to_parent)
        if only in (None, 'rabbitmq'):
            self.rabbitmq = RabbitMq(self.directory / 'rabbitmq', tie_to_parent, amqp_settings)

    def _servers(self):
        return [server for server in (self.postgres, self.rabbitmq) if server is not None]

    def start(self):
        try:
            for server in self._servers():
                server.initialize()
                server.start()
        except BaseException:
            self.stop()
            raise

    def stop(self):
        for server in self._servers():
            server.stop()
        if self.rabbitmq is not None:
            self.rabbitmq.stop_epmd()
        if self.postgres is not None:
            self.postgres.remove_socket_directory()
        if self._own_directory:
            shutil.rmtree(self.directory, ignore_errors=True)

    def describe(self):
        described = {'directory': str(self.directory)}
        if self.postgres is not None:
            described['postgres'] = self.postgres.describe()
        if self.rabbitmq is not None:
            described['rabbitmq'] = self.rabbitmq.describe()
        return described

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


def start_command(arguments):
    settings = dict(setting.split('=', 1) for setting in arguments.pg_setting)
    services = Services(arguments.directory, settings, arguments.only, tie_to_parent=False)
    described = services.directory / 'services.json'
    if described.exists():
        raise ServiceError(f'{described} exists: stop those services first')
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    services.start()
    described.write_text(json.dumps(services.describe(), indent=2) + '\n')


def stop_command(arguments):
    directory = pathlib.Path(arguments.directory).absolute()
    described = directory / 'services.json'
    if described.exists():
        services = json.loads(described.read_text())
        if 'postgres' in services:
            postgres = services['postgres']
            end_process(postgres['pid'], postgres['birth'], Postgres.stop_signals)
            if not postgres['socket_directory'].startswith(str(directory)):
                shutil.rmtree(postgres['socket_directory'], ignore_errors=True)
        if 'rabbitmq' in services:
            rabbitmq = services['rabbitmq']
            end_process(rabbitmq['pid'], rabbitmq['birth'], RabbitMq.stop_signals)
            end_process(rabbitmq['epmd_pid'], rabbitmq['epmd_birth'], (signal.SIGKILL,))
        described.unlink()
    if arguments.remove:
        shutil.rmtree(directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(
        description='Private PostgreSQL and RabbitMQ on free loopback ports.')
    commands = parser.add_subparsers(dest='command', required=True)
    start = commands.add_parser('start', help='start both and write DIR/services.json')
    start.add_argument('--directory', required=True)
    start.add_argument('--pg-setting', action='append', default=[], metavar='NAME=VALUE',
                       help='a line for postgresql.conf; may be repeated')
    start.add_argument('--only', choices=('postgres', 'rabbitmq'))
    stop = commands.add_parser('stop', help='stop what DIR/services.json names')
    stop.add_argument('--directory', required=True)
    stop.add_argument('--remove', action='store_true', help='delete the directory as well')
    arguments = parser.parse_args()
    try:
        (start_command if arguments.command == 'start' else stop_command)(arguments)
    except ServiceError as error:
        sys.exit(f'services.py: {error}')


if __name__ == '__main__':
    main()
