/** Simulated hardware and whole scenarios, as a command. */
import '../devices/engine.ts';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { systemClock } from '../devices/model/clock.ts';
import { Camera } from './devices/camera/camera.ts';
import { answerProbes } from './devices/camera/discovery.ts';
import { RtspStream } from './devices/camera/rtsp.ts';
import { tidyUp } from './scenarios/break-in.ts';
import { catalog, pilots } from './scenarios/catalog.ts';
import type { Pilot } from './scenarios/pilot.ts';
import { scoreText } from './scenarios/score.ts';
import { openPilotStage } from './stage/pilot-stage.ts';
import { openStage, type Stage } from './stage/stage.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const DEFAULT_PORT = 8_700;
const DEFAULT_SPEED = 10;
const DEFAULT_START = '19:40';

const help = `gatehouse simulate: simulated hardware, and whole scenarios over real wires

Usage: gatehouse simulate <what> [options]

  day        a pharmacy's day with cloud, gateways and bridge; the desk on one address (npm start)
${catalog.map(({ id, story }) => `  ${id.padEnd(10)} the day, and then: ${story}`).join('\n')}
${pilots.map(({ id, story }) => `  ${id.padEnd(10)} ${story} In a world of its own, scored at its end`).join('\n')}
  camera     an ONVIF camera alone

  --port N     port of the desk (${DEFAULT_PORT}) or of the camera
  --speed N    how much faster than the world it runs (${DEFAULT_SPEED})
  --from TIME  when the day begins, in the pharmacy's time: HH:MM (${DEFAULT_START}; a pilot's own)
  --seed N     another day (1)
  --state DIR  folder for everything of this run (state/day)
  --json       of a pilot: ends with the story, and prints its score as JSON and nothing else
  --password P password of the camera's user "gatehouse"
  --rtsp       the camera streams, too (needs GStreamer's RTSP server)
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string' },
    speed: { type: 'string', default: String(DEFAULT_SPEED) },
    from: { type: 'string' },
    seed: { type: 'string', default: '1' },
    state: { type: 'string', default: join(root, 'state', 'day') },
    password: { type: 'string', default: 'gatehouse' },
    json: { type: 'boolean', default: false },
    rtsp: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

/** @throws RangeError that names the option */
function numberOf(option: 'port' | 'speed' | 'seed', text: string, from: number, to: number): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < from || value > to) {
    throw new RangeError(`--${option}: expected a number from ${from} to ${to}, got "${text}"`);
  }
  return value;
}

/** Today (or yesterday, where it is not yet so late) at a time of the pharmacy's wall clock. */
function beginning(time: string): number {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(time);
  if (match === null) throw new RangeError(`--from: expected HH:MM, got "${time}"`);
  const wall = (at: number) => new Date(new Date(at).toLocaleString('en-US', { timeZone: 'Europe/Berlin' }));
  const now = Date.now();
  const there = wall(now);
  const sinceMidnightMs = (there.getHours() * 60 + there.getMinutes()) * 60_000 + there.getSeconds() * 1_000;
  const today = now - sinceMidnightMs + (Number(match[1]) * 60 + Number(match[2])) * 60_000;
  return Math.floor(today / 1_000) * 1_000;
}

function tell(stage: Stage): void {
  const { desk, second, sitePage } = stage;
  process.stdout.write(`
  The desk           ${desk.url}
                     sign in as ${desk.name}, password ${desk.password}
  A second person    sign in as ${second.name}, password ${second.password}
  Mail               kept in ${join(stage.folder, 'mail')}
  The pharmacy       ${sitePage.url}
                     sign in as Anna Weber, PIN ${sitePage.pinOf['Anna Weber']}

  The day runs ${stage.clock.rate} times as fast as the world. For the break-in press the button on the desk,
  or type "break-in" here; "cut" pulls the cables between gateways and cloud, "restore" puts them back.
  Ctrl-C ends everything.

`);
}

/** A pilot in its own world; ends by itself only with `--json`. */
async function runPilot(pilot: Pilot, signal: AbortSignal): Promise<void> {
  const out = (text: string) => {
    if (!values.json) process.stdout.write(text);
  };
  const stage = await openPilotStage(
    {
      pilots: [pilot],
      folder: values.state,
      port: numberOf('port', values.port ?? String(values.json ? 0 : DEFAULT_PORT), 0, 65_535),
      speed: numberOf('speed', values.speed, 0.1, 100),
      seed: numberOf('seed', values.seed, 0, 4_294_967_295),
      originMs: beginning(values.from ?? pilot.beginsAt),
      say: (text) => out(`  ${text}\n`),
      // Told once more by the desk's button, it is scored once more.
      onScore: (score) => out(`\n${scoreText(score)}\n`),
    },
    signal,
  );
  try {
    const { url, name, password } = stage.desk;
    out(`\n  The desk           ${url}\n                     sign in as ${name}, password ${password}\n\n`);
    const score = await stage.tell(pilot.id);
    if (values.json) process.stdout.write(`${JSON.stringify(score, null, 2)}\n`);
    else {
      out('  The world goes on; Ctrl-C ends it.\n');
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    }
  } finally {
    await stage.stop();
  }
}

async function run(what: string, signal: AbortSignal): Promise<void> {
  if (what === 'camera') {
    const port = numberOf('port', values.port ?? '8081', 0, 65_535);
    const credentials = { username: 'gatehouse', password: values.password };
    const stream = values.rtsp ? await RtspStream.start({ credentials }, signal) : undefined;
    const more = { serial: 'CAMERA-1', ...(stream === undefined ? {} : { streamUri: stream.uri }) };
    const camera = await Camera.start({ clock: systemClock, port, ...credentials, ...more }, signal);
    // Where another program has the port of discovery, the camera is there all the same.
    await answerProbes(
      { endpoint: camera.endpoint, address: camera.address, name: 'Simulated camera' },
      signal,
    ).catch(() => {});
    process.stdout.write(`${camera.address}\n${stream === undefined ? '' : `${stream.uri}\n`}`);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return;
  }
  const pilot = pilots.find(({ id }) => id === what);
  if (pilot !== undefined) return runPilot(pilot, signal);
  if (what !== 'day' && !catalog.some(({ id }) => id === what)) {
    throw new RangeError(
      `there is no "${what}" to simulate; "gatehouse simulate --help" lists what there is`,
    );
  }
  const stage = await openStage(
    {
      folder: values.state,
      port: numberOf('port', values.port ?? String(DEFAULT_PORT), 0, 65_535),
      speed: numberOf('speed', values.speed, 0.1, 100),
      seed: numberOf('seed', values.seed, 0, 4_294_967_295),
      originMs: beginning(values.from ?? DEFAULT_START),
      withDay: true,
      say: (text) => process.stdout.write(`  ${text}\n`),
    },
    signal,
  );
  tell(stage);
  if (what !== 'day') void stage.telling.begin(what);
  process.stdin.on('data', (chunk) => {
    for (const line of String(chunk)
      .split('\n')
      .map((each) => each.trim())) {
      if (catalog.some(({ id }) => id === line)) void stage.telling.begin(line);
      else if (line === 'tidy-up') void tidyUp(stage.world);
      else if (line === 'cut') stage.uplink.cut();
      else if (line === 'restore') stage.uplink.restore();
    }
  });
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await stage.stop();
}

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
const [what] = positionals;
if (values.help || what === undefined) {
  process.stdout.write(help);
} else {
  try {
    await run(what, ending.signal);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`gatehouse: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
