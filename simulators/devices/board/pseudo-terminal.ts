/**
 * A pseudo-terminal from Node alone: the real serialport opens its far end like any serial device.
 *
 * Node can open /dev/ptmx, but unlocking the far end takes two ioctls, for which it has no call. Perl has:
 * perl-base is an essential package of Debian, so it is on every one of its machines, and nothing native
 * has to be compiled or installed. Perl runs for a moment only; the terminal belongs to this process and
 * vanishes with it, however it ends.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';

const PERL = '/usr/bin/perl';
const PERL_TIMEOUT_MS = 10_000;

/** TIOCSPTLCK and TIOCGPTN as on x86 and ARM; then the far end is made raw: 8 bits, no echo, no signals. */
const UNLOCK = `
use POSIX ();
open(my $master, '+<&=', 3) or die "the near end: $!\\n";
my $zero = pack('i', 0);
ioctl($master, 0x40045431, $zero) or die "unlocking: $!\\n";
my $number = pack('I', 0);
ioctl($master, 0x80045430, $number) or die "its number: $!\\n";
my $path = '/dev/pts/' . unpack('I', $number);
my $slave = POSIX::open($path, POSIX::O_RDWR() | POSIX::O_NOCTTY()) // die "$path: $!\\n";
my $mode = POSIX::Termios->new;
$mode->getattr($slave) or die "mode: $!\\n";
$mode->setiflag(0);
$mode->setoflag(0);
$mode->setlflag(0);
$mode->setcflag(POSIX::CS8() | POSIX::CREAD() | POSIX::CLOCAL());
$mode->setcc(POSIX::VMIN(), 1);
$mode->setcc(POSIX::VTIME(), 0);
$mode->setattr($slave, POSIX::TCSANOW()) or die "raw mode: $!\\n";
print $path;
`;

export interface PseudoTerminal {
  /** The far end, `/dev/pts/<number>`. */
  readonly path: string;
  /** Bytes written but not taken, because nobody read the far end and its buffer (some 20 KB) was full. */
  readonly lostBytes: number;
  /** Never blocks; what does not fit is lost and counted, as on a serial line without flow control. */
  write(bytes: Uint8Array): void;
  /** The far end hangs up: whoever has it open reads the end of it. */
  close(): void;
}

/**
 * @param onData bytes that were written to the far end
 * @throws Error where the system gives no pseudo-terminal
 */
export function openPseudoTerminal(onData: (bytes: Uint8Array) => void): PseudoTerminal {
  const near = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  // As descriptor 3: Node would make 0 to 2 blocking, and with them ours.
  const unlocked = spawnSync(PERL, ['-e', UNLOCK], {
    stdio: ['ignore', 'pipe', 'pipe', near],
    timeout: PERL_TIMEOUT_MS,
    encoding: 'utf8',
  });
  if (unlocked.status !== 0) {
    closeSync(near);
    const because = unlocked.error?.message ?? unlocked.stderr.trim();
    throw new Error(`no pseudo-terminal: ${because} (needs ${PERL}, Debian package perl-base)`);
  }
  const path = unlocked.stdout;
  // Held open here, so that the near end does not read an error while nobody else has the far end open.
  const far = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  const stream = new ReadStream(near);
  let lostBytes = 0;
  let isOpen = true;
  stream.on('data', (chunk: Buffer) => onData(chunk));
  stream.on('error', () => stream.destroy());
  return {
    path,
    get lostBytes() {
      return lostBytes;
    },
    write(bytes) {
      let from = 0;
      while (isOpen && from < bytes.length) {
        try {
          from += writeSync(near, bytes, from);
        } catch {
          // EAGAIN: full. Anything else: gone. Either way nobody will read this.
          break;
        }
      }
      lostBytes += bytes.length - from;
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      closeSync(far);
      stream.destroy();
    },
  };
}
