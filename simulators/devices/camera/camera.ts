import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../devices/model/clock.ts';
import { drawScene, type Scene } from './scene.ts';
import { envelope, fault, readSoap, type SoapRequest, xmlTime } from './soap.ts';

/** Pull points one camera has; a client that leaks them finds none left, as on a real one. */
export const MAX_PULL_POINTS = 4;
/** Notices one pull point keeps for its client. */
export const MAX_WAITING_NOTICES = 64;
const MAX_REQUEST_BYTES = 64 * 1024;
const SUBSCRIPTION_LIFETIME_MS = 120_000;

export interface CameraOptions {
  /** Time in the room: what the picture shows. The camera's protocol runs on real time, as its clients do. */
  clock: Clock;
  username: string;
  password: string;
  serial: string;
  port?: number;
}

interface PullPoint {
  endsAt: number;
  waiting: string[];
  wake?: (() => void) | undefined;
}

/** An ONVIF camera (Profile S) that keeps its state: digest, clock offset, events, a picture, a reboot. */
export class Camera {
  readonly #options: CameraOptions;
  readonly #server: Server;
  readonly #pullPoints = new Map<string, PullPoint>();
  #scene: Omit<Scene, 'takenAt'> = { dark: false, cabinetOpen: false, person: false };
  #clockOffsetMs = 0;
  #up = true;
  /** Subscriptions that clients ended themselves. */
  gaveBack = 0;

  private constructor(options: CameraOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response));
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
    return `http://127.0.0.1:${this.port}/onvif/device_service`;
  }

  /** The camera's own clock may be off, as after many a reboot. */
  setClockOffset(offsetMs: number): void {
    this.#clockOffsetMs = offsetMs;
  }

  /** Changes what the lens sees; a lens that goes dark or sees again is a notice to every client. */
  show(change: Partial<Omit<Scene, 'takenAt'>>): void {
    const wasDark = this.#scene.dark;
    this.#scene = { ...this.#scene, ...change };
    if (this.#scene.dark !== wasDark) this.#tell(this.#darkNotice('Changed'));
  }

  /** Power off and on again: subscriptions are gone, the clock starts at `clockOffsetMs`. */
  async reboot(downMs: number, clockOffsetMs = 0): Promise<void> {
    this.#up = false;
    this.#server.closeAllConnections();
    this.#pullPoints.clear();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    this.#clockOffsetMs = clockOffsetMs;
    this.#up = true;
  }

  get subscriptions(): number {
    return this.#pullPoints.size;
  }

  #now(): number {
    return Date.now() + this.#clockOffsetMs;
  }

  #close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#up) {
      request.destroy();
      return;
    }
    if (request.method === 'GET') {
      this.#snapshot(request, response);
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request) {
      bytes += (chunk as Buffer).length;
      if (bytes > MAX_REQUEST_BYTES) {
        response.writeHead(413).end();
        return;
      }
      chunks.push(chunk as Buffer);
    }
    const soap = readSoap(Buffer.concat(chunks).toString('utf8'), this.#options, this.#now());
    const reply = (status: number, text: string) =>
      response.writeHead(status, { 'content-type': 'application/soap+xml; charset=utf-8' }).end(text);
    if (soap === undefined) {
      reply(400, fault('WellFormed', 'not a SOAP request'));
    } else if (soap.operation !== 'GetSystemDateAndTime' && soap.security !== 'good') {
      reply(400, fault('NotAuthorized', 'sender not authorized'));
    } else {
      const answer = await this.#answer(soap, request.url ?? '/');
      if (answer === undefined) reply(400, fault('ActionNotSupported', `${soap.operation} is not supported`));
      else reply(200, envelope(answer));
    }
  }

  #snapshot(request: IncomingMessage, response: ServerResponse): void {
    const { username, password } = this.#options;
    const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="camera"' }).end();
    } else if (request.url === '/snapshot.jpg') {
      const picture = drawScene({ ...this.#scene, takenAt: this.#options.clock.now() + this.#clockOffsetMs });
      response
        .writeHead(200, { 'content-type': 'image/jpeg', 'content-length': picture.length })
        .end(picture);
    } else {
      response.writeHead(404).end();
    }
  }

  async #answer({ operation, body }: SoapRequest, url: string): Promise<string | undefined> {
    const base = `http://127.0.0.1:${this.port}`;
    switch (operation) {
      case 'GetSystemDateAndTime':
        return this.#dateAndTime();
      case 'GetServices':
        return `<tds:GetServicesResponse>${[
          ['device', 'device_service'],
          ['media', 'media'],
          ['events', 'events'],
        ]
          .map(
            ([name, path]) =>
              `<tds:Service><tds:Namespace>http://www.onvif.org/ver10/${name}/wsdl</tds:Namespace><tds:XAddr>${base}/onvif/${path}</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>5</tt:Minor></tds:Version></tds:Service>`,
          )
          .join('')}</tds:GetServicesResponse>`;
      case 'GetDeviceInformation':
        return `<tds:GetDeviceInformationResponse><tds:Manufacturer>Gatehouse</tds:Manufacturer><tds:Model>Simulated dome</tds:Model><tds:FirmwareVersion>1.0</tds:FirmwareVersion><tds:SerialNumber>${this.#options.serial}</tds:SerialNumber><tds:HardwareId>sim</tds:HardwareId></tds:GetDeviceInformationResponse>`;
      case 'GetProfiles':
        return '<trt:GetProfilesResponse><trt:Profiles token="main" fixed="true"><tt:Name>main</tt:Name><tt:VideoSourceConfiguration token="vsc"><tt:Name>vsc</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>vs</tt:SourceToken><tt:Bounds x="0" y="0" width="320" height="180"/></tt:VideoSourceConfiguration><tt:VideoEncoderConfiguration token="vec"><tt:Name>vec</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>JPEG</tt:Encoding><tt:Resolution><tt:Width>320</tt:Width><tt:Height>180</tt:Height></tt:Resolution><tt:Quality>3</tt:Quality></tt:VideoEncoderConfiguration></trt:Profiles></trt:GetProfilesResponse>';
      case 'GetVideoSources':
        return '<trt:GetVideoSourcesResponse><trt:VideoSources token="vs"><tt:Framerate>5</tt:Framerate><tt:Resolution><tt:Width>320</tt:Width><tt:Height>180</tt:Height></tt:Resolution></trt:VideoSources></trt:GetVideoSourcesResponse>';
      case 'GetSnapshotUri':
        return `<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>${base}/snapshot.jpg</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri></trt:GetSnapshotUriResponse>`;
      case 'CreatePullPointSubscription':
        return this.#subscribe(base);
      case 'PullMessages':
        return this.#pull(url, body);
      case 'Renew':
        return this.#renew(url);
      case 'SetSynchronizationPoint':
        return '<tev:SetSynchronizationPointResponse/>';
      case 'Unsubscribe':
        this.#pullPoints.get(url)?.wake?.();
        if (!this.#pullPoints.delete(url)) return undefined;
        this.gaveBack++;
        return '<wsnt:UnsubscribeResponse/>';
      default:
        return undefined;
    }
  }

  #dateAndTime(): string {
    const now = new Date(this.#now());
    return `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime><tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute><tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`;
  }

  #subscribe(base: string): string | undefined {
    for (const [path, point] of this.#pullPoints)
      if (point.endsAt < Date.now()) this.#pullPoints.delete(path);
    if (this.#pullPoints.size >= MAX_PULL_POINTS) return undefined;
    const path = `/onvif/pull/${randomUUID()}`;
    // A new client is told the state first, marked as such (ONVIF Core, section 9.1: PropertyOperation).
    this.#pullPoints.set(path, {
      endsAt: Date.now() + SUBSCRIPTION_LIFETIME_MS,
      waiting: [this.#darkNotice('Initialized')],
    });
    return `<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><a:Address>${base}${path}</a:Address></tev:SubscriptionReference>${this.#terminates('wsnt')}</tev:CreatePullPointSubscriptionResponse>`;
  }

  #terminates(prefix: string): string {
    return `<${prefix}:CurrentTime>${xmlTime(this.#now())}</${prefix}:CurrentTime><${prefix}:TerminationTime>${xmlTime(this.#now() + SUBSCRIPTION_LIFETIME_MS)}</${prefix}:TerminationTime>`;
  }

  async #pull(path: string, body: string): Promise<string | undefined> {
    const point = this.#pullPoints.get(path);
    if (point === undefined) return undefined;
    point.endsAt = Date.now() + SUBSCRIPTION_LIFETIME_MS;
    const seconds = Number(/<(?:\w+:)?Timeout>PT(\d+)S</.exec(body)?.[1] ?? 60);
    if (point.waiting.length === 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(seconds, 60) * 1_000);
        timer.unref();
        point.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    point.wake = undefined;
    return `<tev:PullMessagesResponse>${this.#terminates('tev')}${point.waiting.splice(0).join('')}</tev:PullMessagesResponse>`;
  }

  #renew(path: string): string | undefined {
    const point = this.#pullPoints.get(path);
    if (point === undefined) return undefined;
    point.endsAt = Date.now() + SUBSCRIPTION_LIFETIME_MS;
    return `<wsnt:RenewResponse>${this.#terminates('wsnt')}</wsnt:RenewResponse>`;
  }

  #darkNotice(operation: 'Initialized' | 'Changed'): string {
    return `<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">tns1:VideoSource/ImageTooDark/ImagingService</wsnt:Topic><wsnt:Message><tt:Message UtcTime="${xmlTime(this.#now())}" PropertyOperation="${operation}"><tt:Source><tt:SimpleItem Name="Source" Value="vs"/></tt:Source><tt:Data><tt:SimpleItem Name="State" Value="${this.#scene.dark}"/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`;
  }

  #tell(notice: string): void {
    for (const point of this.#pullPoints.values()) {
      if (point.waiting.length < MAX_WAITING_NOTICES) point.waiting.push(notice);
      point.wake?.();
    }
  }
}
