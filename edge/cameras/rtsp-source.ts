import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { FRAME_HEIGHT, FRAME_PIXELS, FRAME_WIDTH } from './grey-frame.ts';
import { JpegSplitter } from './mjpeg.ts';
import type { PictureSource, SourceListener } from './source.ts';

/** A stream that brings no frame for this long is dead: ffmpeg waits far beyond its own time-outs on a frozen server. */
export const FRAME_WITHIN_MS = 10_000;
/** The first frame may wait for a key frame. */
const FIRST_FRAME_WITHIN_MS = 20_000;
/** Frames a second for the watch, and pictures a second for the ring. */
const GREY_PER_SECOND = 2;
const JPEG_PER_SECOND = 1;
const JPEG_WIDTH = 640;
/** Of what ffmpeg says, the end is kept: that is where it says what is wrong. */
const MAX_SAID = 2_000;
/** First and longest wait before another try, real ms. */
const RETRY_AFTER_MS = 1_000;
const RETRY_AT_MOST_MS = 30_000;

export interface RtspSourceOptions extends SourceListener {
  /** Where the stream is, without a log-in; undefined: that isn't known yet, which is no failure. @throws Error */
  uri(): Promise<string | undefined>;
  username: string;
  password: string;
  signal: AbortSignal;
  /** The program; another one in tests. */
  ffmpeg?: string;
}

/** A stream, read by ffmpeg as a child that is ended when it brings nothing. */
export class RtspSource implements PictureSource {
  readonly #options: RtspSourceOptions;
  #hasFailed = false;
  #isWorking = false;

  constructor(options: RtspSourceOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    let waitMs = RETRY_AFTER_MS;
    while (!signal.aborted) {
      try {
        const uri = await this.#options.uri();
        const brought = uri === undefined || (await this.#read(uri));
        if (brought) waitMs = RETRY_AFTER_MS;
      } catch (error) {
        this.#failed(error instanceof Error ? error.message : String(error));
      }
      await delay(waitMs, undefined, { signal }).catch(() => {});
      waitMs = Math.min(waitMs * 2, RETRY_AT_MOST_MS);
    }
  }

  /** One life of ffmpeg. @returns whether it brought frames */
  async #read(uri: string): Promise<boolean> {
    const { signal, onJpeg, onGrey } = this.#options;
    const child = spawn(this.#options.ffmpeg ?? 'ffmpeg', argumentsFor(), {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    const end = () => child.kill('SIGKILL');
    signal.addEventListener('abort', end, { once: true });
    let frames = 0;
    let said = '';
    let isStuck = false;
    const watchdog = setTimeout(() => {
      isStuck = true;
      end();
    }, FIRST_FRAME_WITHIN_MS);
    const alive = () => {
      frames++;
      clearTimeout(watchdog);
      resetWatchdog();
      if (!this.#isWorking) this.#options.onWorking();
      this.#isWorking = true;
      this.#hasFailed = false;
    };
    let frameWatchdog: NodeJS.Timeout | undefined;
    const resetWatchdog = () => {
      clearTimeout(frameWatchdog);
      frameWatchdog = setTimeout(() => {
        isStuck = true;
        end();
      }, FRAME_WITHIN_MS);
    };
    const grey = new FrameSplitter();
    const jpegs = new JpegSplitter();
    child.stdout?.on('data', (chunk: Uint8Array) => {
      for (const frame of grey.push(chunk)) {
        alive();
        onGrey?.(frame);
      }
    });
    const pictures = child.stdio[3];
    if (pictures !== null && pictures !== undefined && 'read' in pictures) {
      pictures.on('data', (chunk: Uint8Array) => {
        for (const jpeg of jpegs.push(chunk)) onJpeg(jpeg);
      });
      pictures.on('error', () => {});
    }
    child.stderr?.on('data', (chunk: Uint8Array) => {
      said = (said + Buffer.from(chunk).toString('utf8')).slice(-MAX_SAID);
    });
    child.stdin?.on('error', () => {});
    // The log-in goes in by the pipe: anybody on the machine can read a process's arguments.
    child.stdin?.end(playlistFor(uri, this.#options));
    try {
      await ended(child);
    } finally {
      clearTimeout(watchdog);
      clearTimeout(frameWatchdog);
      signal.removeEventListener('abort', end);
    }
    // It may end with 0 on a dead server: that it has ended is what counts.
    if (!signal.aborted) this.#failed(isStuck ? 'no frames come' : reasonIn(said, this.#options));
    return frames > 0;
  }

  #failed(why: string): void {
    if (this.#hasFailed || this.#options.signal.aborted) return;
    this.#hasFailed = true;
    this.#isWorking = false;
    this.#options.onFailed(why);
  }
}

const argumentsFor = (): string[] => [
  ...['-nostdin', '-hide_banner', '-loglevel', 'error'],
  ...['-protocol_whitelist', 'pipe,file,tcp,udp,rtp,rtsp,rtsps,tls,crypto'],
  ...['-fflags', 'nobuffer', '-f', 'concat', '-safe', '0', '-i', 'pipe:0'],
  ...['-map', '0:v:0', '-vf', `fps=${GREY_PER_SECOND},scale=${FRAME_WIDTH}:${FRAME_HEIGHT}:flags=area`],
  ...['-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'],
  ...['-map', '0:v:0', '-vf', `fps=${JPEG_PER_SECOND},scale='min(${JPEG_WIDTH},iw)':-2`],
  ...['-q:v', '6', '-f', 'mjpeg', 'pipe:3'],
];

/** ffmpeg's own format of a list of inputs, here of one (FFmpeg Formats, section concat). */
export function playlistFor(
  uri: string,
  { username, password }: { username: string; password: string },
): string {
  const url = new URL(uri);
  if (username !== '') {
    url.username = encodeURIComponent(username);
    url.password = encodeURIComponent(password);
  }
  // A quote would end the name; there is none in an address.
  const address = url.href.replaceAll("'", '%27').replaceAll(/[\r\n]/g, '');
  return `ffconcat version 1.0\nfile '${address}'\noption rtsp_transport tcp\noption timeout 8000000\n`;
}

/** Last line of what ffmpeg said, without the log-in. */
function reasonIn(said: string, { username, password }: { username: string; password: string }): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const last = (lines.find((line) => /unauthori|refused|not found|timed out|server returned/i.test(line)) ??
    lines.at(-1) ??
    'the stream has ended') as string;
  const secrets = [password, encodeURIComponent(password), `${username}:`].filter((text) => text.length > 1);
  return secrets.reduce((text, secret) => text.replaceAll(secret, '…'), last).slice(0, 300);
}

/** @throws Error when the program can't be started */
function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      const isAbsent = 'code' in error && error.code === 'ENOENT';
      reject(isAbsent ? new Error('ffmpeg is not installed: streams can’t be watched') : error);
    });
    child.once('close', () => resolve());
  });
}

/** Cuts raw video into frames. */
class FrameSplitter {
  #held = Buffer.alloc(0);

  push(chunk: Uint8Array): Uint8Array[] {
    this.#held = Buffer.concat([this.#held, chunk]);
    const frames: Uint8Array[] = [];
    while (this.#held.length >= FRAME_PIXELS) {
      frames.push(new Uint8Array(this.#held.subarray(0, FRAME_PIXELS)));
      this.#held = this.#held.subarray(FRAME_PIXELS);
    }
    return frames;
  }
}
