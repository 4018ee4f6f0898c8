/**
 * Real power cuts: both processes' files stand on an ext4 of their own, which is shut down in the midst of the work
 * (EXT4_IOC_SHUTDOWN without flushing its journal). What was synchronised is there when it is mounted again, and
 * nothing else. Needs root, a loop device, mkfs.ext4 and perl, which every Debian has, for the one call.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../random.ts';
import { Pair, type PairReport } from './pair.ts';

const WRITERS = 5;
const WORK_MS = 1_200;
/** Both logs are small: the gateway's is at most 256 MB and is given back as it is acknowledged. */
const IMAGE_BYTES = 1_536 * 1024 * 1024;
/** _IOR('X', 125, __u32), and the flag that nothing is written any more (fs/ext4/ext4.h). */
const SHUTDOWN = `open(my $f, '<', $ARGV[0]) or die $!; my $flags = pack('L', 2); defined(ioctl($f, 0x8004587d, $flags)) or die $!;`;

class PowerDisk {
  readonly mountPoint: string;
  readonly #image: string;

  constructor(folder: string) {
    this.#image = join(folder, 'disk.img');
    this.mountPoint = join(folder, 'disk');
    mkdirSync(this.mountPoint);
    execFileSync('truncate', ['-s', String(IMAGE_BYTES), this.#image]);
    execFileSync('mkfs.ext4', ['-q', '-F', this.#image]);
  }

  mount(): void {
    execFileSync('mount', ['-o', 'loop', this.#image, this.mountPoint], { stdio: 'pipe' });
  }

  cut(): void {
    execFileSync('perl', ['-e', SHUTDOWN, this.mountPoint], { stdio: 'pipe' });
  }

  unmount(): void {
    execFileSync('umount', [this.mountPoint], { stdio: 'pipe' });
  }
}

/** Why no power can be cut here, or undefined. */
export function whyNoPowerCuts(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may mount a disk';
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-power-'));
  try {
    const disk = new PowerDisk(folder);
    disk.mount();
    try {
      disk.cut();
    } finally {
      disk.unmount();
    }
    return undefined;
  } catch (error) {
    return `a disk can't be mounted and shut down: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface PowerReport extends PairReport {
  cuts: number;
}

/**
 * @param untilMs on this process's clock: no more cuts are begun then
 * @param told after each cut
 */
export async function cutAgainAndAgain(
  { cuts, seed, untilMs = Number.POSITIVE_INFINITY }: { cuts: number; seed: number; untilMs?: number },
  told: (cuts: number) => void = () => undefined,
): Promise<PowerReport> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-power-'));
  const random = seededRandom(seed);
  const disk = new PowerDisk(folder);
  disk.mount();
  let pair: Pair | undefined;
  try {
    pair = await Pair.open(disk.mountPoint, folder);
    await pair.warm();
    let done = 0;
    while (done < cuts && performance.now() < untilMs) {
      const [cloud, gateway] = [pair.startCloud(), pair.startGateway(WRITERS)];
      // Some cuts come while the two read back what the last one left.
      if (random() < 0.8) await Promise.all([cloud.ready(), gateway.ready()]);
      await sleep(random() * WORK_MS);
      disk.cut();
      // What they still say must be true: it was on the disk before.
      await pair.endBoth('SIGKILL');
      disk.unmount();
      disk.mount();
      told(++done);
    }
    await pair.drain();
    return { cuts: done, ...pair.report() };
  } finally {
    await pair?.endBoth('SIGKILL');
    disk.unmount();
    rmSync(folder, { recursive: true, force: true });
  }
}
