import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../../../devices/model/clock.ts';
import { HttpLogIn, type LogIn } from './log-in.ts';
import { type Notice, noticeXml, propertyKey } from './notices.ts';
import { PullPoints, type SubscriptionManner } from './pull-points.ts';
import { drawScene, type Scene } from './scene.ts';
import { staticAnswer } from './services.ts';
import { envelope, fault, readSoap, type SoapRequest, xmlTime } from './soap.ts';

const MAX_REQUEST_BYTES = 64 * 1024;
/** What a camera gone wrong sends in place of an answer, and goes on sending. */
const RUBBISH = Buffer.alloc(64 * 1024, '<s:Envelope>');

export interface CameraOptions {
  /** Time in the room: what the picture shows. The camera's protocol runs on real time, as its clients do. */
  clock: Clock;
  username: string;
  password: string;
  serial: string;
  port?: number;
  /** What its web server asks for; absent: Basic. */
  logIn?: LogIn;
  /** Where it says that its stream is. */
  streamUri?: string;
  /** It says that it can send its events over MQTT. */
  offersMqtt?: boolean;
  /** HTTPS with this certificate and key (PEM) instead of HTTP. */
  tls?: { certificate: string; key: string };
  /** It asks nobody for a password. */
  letsAnybodyIn?: boolean;
}

/**
 * How it answers: as it should; with rubbish; not at all; without end; or a picture never, everything else well.
 */
export type Answers = 'well' | 'rubbish' | 'never' | 'endless' | 'no-picture';

export const presets = [
  { token: '1', name: 'Room' },
  { token: '2', name: 'Ceiling' },
] as const;

/** An ONVIF camera (Profile S) that keeps its state: digest, clock offset, events, a picture, presets, a reboot. */
export class Camera {
  readonly #options: CameraOptions;
  readonly #server: Server | TlsServer;
  readonly #pullPoints = new PullPoints(() => this.#now());
  readonly #logIn: HttpLogIn;
  readonly #properties = new Map<string, Notice>();
  #scene: Omit<Scene, 'takenAt'> = { dark: false, cabinetOpen: false, person: false };
  #clockOffsetMs = 0;
  readonly #sockets = new Set<Socket>();
  #isUp = true;
  #standing: Uint8Array | undefined;
  #startedAt = Date.now();
  answers: Answers = 'well';
  /** Requests whose digest was right but too old by the camera's clock. */
  stale = 0;
  /** Requests that came as far as being read. */
  requests = 0;

  private constructor(options: CameraOptions) {
    this.#options = options;
    this.#logIn = new HttpLogIn(options, options.logIn ?? 'basic');
    const serve = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response);
    const { tls } = options;
    this.#server =
      tls === undefined
        ? createServer(serve)
        : createTlsServer({ cert: tls.certificate, key: tls.key }, serve);
    this.#server.on('tlsClientError', () => {});
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#keep(this.#darkness());
    this.#keep(this.#lastReboot());
  }

  static async start(options: CameraOptions, signal: AbortSignal): Promise<Camera> {
    const camera = new Camera(options);
    await new Promise<void>((resolve, reject) => {
      camera.#server.once('error', reject);
      camera.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    signal.addEventListener('abort', () => camera.#close(), { once: true });
    return camera;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `${this.#base}/onvif/device_service`;
  }

  /** The name it is found by. */
  get endpoint(): string {
    const hash = createHash('sha256').update(this.#options.serial).digest('hex');
    return `urn:uuid:${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
  }

  get subscriptions(): number {
    return this.#pullPoints.size;
  }

  /** Subscriptions that clients ended themselves. */
  get gaveBack(): number {
    return this.#pullPoints.gaveBack;
  }

  get renewed(): number {
    return this.#pullPoints.renewed;
  }

  /** Subscriptions made since the start. */
  get subscribed(): number {
    return this.#pullPoints.made;
  }

  /** From here on another certificate, as after a reset or with somebody else in between. */
  showCertificate({ certificate, key }: { certificate: string; key: string }): void {
    if (!(this.#server instanceof TlsServer)) throw new Error('this camera speaks plain HTTP');
    this.#server.setSecureContext({ cert: certificate, key });
    // Those still shaking hands over the old one, too, which the HTTP server does not know yet.
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The camera's own clock may be off, as after many a reboot. */
  setClockOffset(offsetMs: number): void {
    this.#clockOffsetMs = offsetMs;
  }

  /** As this maker treats subscriptions. */
  behave(manner: Partial<SubscriptionManner>): void {
    this.#pullPoints.manner = { ...this.#pullPoints.manner, ...manner };
  }

  /** Changes what the lens sees; a lens that goes dark or sees again is a notice to every client. */
  show(change: Partial<Omit<Scene, 'takenAt'>>): void {
    const wasDark = this.#scene.dark;
    this.#scene = { ...this.#scene, ...change };
    if (this.#scene.dark !== wasDark) this.tell(this.#darkness());
  }

  /** From here on every picture is the same one, or no more. */
  freeze(frozen: boolean): void {
    this.#standing = frozen ? this.#picture() : undefined;
  }

  /** Something happens that the camera tells its clients. */
  tell(notice: Notice, operation: 'Changed' | 'Deleted' = 'Changed'): void {
    if (operation === 'Deleted') this.#properties.delete(propertyKey(notice));
    else if (notice.isProperty === true) this.#keep(notice);
    this.#pullPoints.tell(noticeXml(notice, operation, this.#now()));
  }

  /** Subscriptions end as if their time had run out. */
  forgetSubscriptions(): void {
    this.#pullPoints.forgetAll();
  }

  unplug(): void {
    this.#isUp = false;
    this.#server.closeAllConnections();
    this.#pullPoints.forgetAll();
  }

  plugIn(clockOffsetMs = 0): void {
    this.#clockOffsetMs = clockOffsetMs;
    this.#startedAt = Date.now();
    this.#keep(this.#lastReboot());
    this.#isUp = true;
  }

  /** Power off and on again: subscriptions are gone, the clock starts at `clockOffsetMs`. */
  async reboot(downMs: number, clockOffsetMs = 0): Promise<void> {
    this.unplug();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    this.plugIn(clockOffsetMs);
  }

  get #base(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}`;
  }

  #now(): number {
    return Date.now() + this.#clockOffsetMs;
  }

  #close(): void {
    this.#pullPoints.forgetAll();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #keep(notice: Notice): void {
    this.#properties.set(propertyKey(notice), notice);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    if (!this.#isUp) {
      request.destroy();
      return;
    }
    if (this.answers === 'never') return;
    if (this.answers === 'rubbish') {
      response.writeHead(200).end(RUBBISH.subarray(0, 999));
      return;
    }
    if (this.answers === 'endless') {
      const go = () => {
        while (!response.destroyed && response.write(RUBBISH));
      };
      response.writeHead(200).on('drain', go);
      go();
      return;
    }
    if (request.method === 'GET') {
      this.#snapshot(request, response);
      return;
    }
    const text = await textOf(request);
    if (text === undefined) {
      response.writeHead(413).end();
      return;
    }
    const soap = readSoap(text, this.#options, this.#now());
    const reply = (status: number, body: string) =>
      response.writeHead(status, { 'content-type': 'application/soap+xml; charset=utf-8' }).end(body);
    if (soap === undefined) {
      reply(400, fault('WellFormed', 'not a SOAP request'));
    } else if (!this.#maySend(soap)) {
      if (soap.security === 'stale') this.stale++;
      if (soap.security === 'wrong-password') this.#tellFailedLogIn(text, request);
      reply(400, fault('NotAuthorized', 'sender not authorized'));
    } else {
      const answer = await this.#answer(soap, request.url ?? '/');
      if (answer === 'dropped') response.destroy();
      else if (answer === undefined)
        reply(400, fault('ActionNotSupported', `${soap.operation} is not supported`));
      else reply(200, envelope(answer));
    }
  }

  #maySend({ operation, security }: SoapRequest): boolean {
    return (
      security === 'good' || operation === 'GetSystemDateAndTime' || this.#options.letsAnybodyIn === true
    );
  }

  #snapshot(request: IncomingMessage, response: ServerResponse): void {
    if (!this.#logIn.accepts(request.headers.authorization, 'GET')) {
      response.writeHead(401, { 'www-authenticate': this.#logIn.challenges() }).end();
    } else if (this.answers === 'no-picture') {
      response.writeHead(503).end();
    } else if (request.url === '/snapshot.jpg') {
      const picture = this.#standing ?? this.#picture();
      response
        .writeHead(200, { 'content-type': 'image/jpeg', 'content-length': picture.length })
        .end(picture);
    } else {
      response.writeHead(404).end();
    }
  }

  #picture(): Uint8Array {
    return drawScene({ ...this.#scene, takenAt: this.#options.clock.now() + this.#clockOffsetMs });
  }

  async #answer({ operation, body }: SoapRequest, url: string): Promise<string | undefined> {
    switch (operation) {
      case 'CreatePullPointSubscription':
        return this.#pullPoints.create(this.#base, this.#states());
      case 'PullMessages':
        return this.#pullPoints.pull(url, body);
      case 'Renew':
        return this.#pullPoints.renew(url);
      case 'SetSynchronizationPoint':
        return this.#pullPoints.synchronize(url, this.#states())
          ? '<tev:SetSynchronizationPointResponse/>'
          : undefined;
      case 'Unsubscribe':
        return this.#pullPoints.end(url) ? '<wsnt:UnsubscribeResponse/>' : undefined;
      case 'GotoPreset':
        return this.#goTo(/<(?:\w+:)?PresetToken>([^<]*)</.exec(body)?.[1]);
      default:
        return staticAnswer(operation, {
          base: this.#base,
          serial: this.#options.serial,
          mac: `02-00-${createHash('sha256')
            .update(this.#options.serial)
            .digest('hex')
            .slice(0, 8)
            .replace(/(..)(?=.)/g, '$1-')}`,
          endpoint: this.endpoint,
          now: this.#now(),
          presets,
          streamUri: this.#options.streamUri,
          offersMqtt: this.#options.offersMqtt === true,
        });
    }
  }

  #goTo(token: string | undefined): string | undefined {
    const preset = presets.find((known) => known.token === token);
    if (preset === undefined) return undefined;
    this.#scene = { ...this.#scene, turnedAway: preset.name === 'Ceiling' };
    return '<tptz:GotoPresetResponse/>';
  }

  #states(): string[] {
    return [...this.#properties.values()].map((notice) => noticeXml(notice, 'Initialized', this.#now()));
  }

  #darkness(): Notice {
    return {
      topic: 'tns1:VideoSource/ImageTooDark/ImagingService',
      source: { Source: 'vs' },
      data: { State: this.#scene.dark },
      isProperty: true,
    };
  }

  #lastReboot(): Notice {
    const at = xmlTime(this.#startedAt + this.#clockOffsetMs);
    return { topic: 'tns1:Monitoring/OperatingTime/LastReboot', data: { Status: at }, isProperty: true };
  }

  #tellFailedLogIn(text: string, request: IncomingMessage): void {
    const name = /<(?:\w+:)?Username>([^<]*)</.exec(text)?.[1] ?? '';
    this.tell({
      topic: 'tns1:Device/SecurityPolicy/AuthFailed',
      data: { UserName: name, IPAddress: request.socket.remoteAddress ?? '' },
    });
  }
}

/** @returns undefined where it is too long */
async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_REQUEST_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
