import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./rtsp-server.py', import.meta.url));
/** Debian's Python, which has Debian's GStreamer; another one in the path has not. */
const PYTHON = '/usr/bin/python3';
const READY_WITHIN_MS = 20_000;

/** What the stream can show; `freeze` stops the flow of frames without closing anything. */
export type Shown = 'smpte' | 'snow' | 'black' | 'ball' | 'freeze' | 'go';

/** The stream of a camera: H.264 over RTSP by GStreamer, with a picture that changes on command. */
export class RtspStream {
  readonly #server: ChildProcessWithoutNullStreams;
  readonly uri: string;

  private constructor(server: ChildProcessWithoutNullStreams, uri: string) {
    this.#server = server;
    this.uri = uri;
  }

  /**
   * @param credentials asked for by digest; absent: anybody may look
   * @throws Error that says what GStreamer says, where it can't be started
   */
  static async start(
    { port = 0, credentials }: { port?: number; credentials?: { username: string; password: string } },
    signal: AbortSignal,
  ): Promise<RtspStream> {
    const login = credentials === undefined ? [] : [credentials.username, credentials.password];
    const server = spawn(PYTHON, [script, String(port), ...login]);
    const end = () => server.kill('SIGKILL');
    signal.addEventListener('abort', end, { once: true });
    server.stdin.on('error', () => {});
    let said = '';
    server.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
    const uri = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`the RTSP server is not ready: ${said}`)),
        READY_WITHIN_MS,
      );
      const fail = (why: string) => {
        clearTimeout(late);
        reject(new Error(`the RTSP server did not start: ${why}`));
      };
      let text = '';
      server.once('error', (error) => fail(error.message));
      server.once('close', () => fail(said));
      server.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const [line, rest] = text.split('\n');
        if (line === undefined || rest === undefined) return;
        clearTimeout(late);
        resolve(line);
      });
    });
    return new RtspStream(server, uri);
  }

  get port(): number {
    return Number(new URL(this.uri).port);
  }

  show(what: Shown): void {
    this.#server.stdin.write(`${what}\n`);
  }

  /** The power goes: nothing is said to anybody. */
  async stop(): Promise<void> {
    if (this.#server.exitCode !== null || this.#server.signalCode !== null) return;
    this.#server.kill('SIGKILL');
    await once(this.#server, 'close');
  }
}
