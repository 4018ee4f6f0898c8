import type { BrokerAddress } from './line.ts';
import { Line } from './line.ts';

/** A property of a camera and its values, by the topic behind `onvif-ej/`. */
interface Property {
  source: Record<string, string>;
  data: Record<string, boolean | string>;
}

/** A camera that publishes its ONVIF events over MQTT: properties are retained, events are not. */
export class OnvifMqttCamera {
  /** Its clock goes so much wrong. */
  clockOffsetMs = 0;
  readonly #line: Line;
  readonly #prefix: string;
  readonly #properties = new Map<string, Property>();

  constructor(broker: BrokerAddress, prefix: string, signal: AbortSignal) {
    this.#prefix = prefix;
    this.#line = new Line({ broker, clientId: prefix.replaceAll('/', '-') }, signal);
  }

  /** Something moves before its lens, or no longer. */
  motion(isMoving: boolean): void {
    this.#property('VideoSource/MotionAlarm', { source: { Source: '0' }, data: { State: isMoving } });
  }

  /** Its lens is covered, or free again. */
  covered(isCovered: boolean): void {
    this.#property('VideoSource/GlobalSceneChange/ImagingService', {
      source: { Source: '0' },
      data: { State: isCovered },
    });
  }

  /** Somebody crosses a line: an event, and over. */
  crossed(): void {
    this.#say('RuleEngine/LineDetector/Crossed', {
      source: { VideoSourceConfigurationToken: '0', Rule: 'line-1' },
      data: { ObjectId: '17' },
    });
  }

  /** A rule is taken off the camera: its property is deleted. */
  forget(topic: string): void {
    this.#properties.delete(topic);
    this.#line.say(`${this.#prefix}/onvif-ej/${topic}`, '', { retain: true });
  }

  /** It starts anew, and says each property again, as cameras do. */
  restart(): void {
    for (const [topic, property] of this.#properties) this.#say(topic, property, true);
  }

  /** Anything below its prefix. */
  raw(topic: string, payload: string, retain = false): void {
    this.#line.say(`${this.#prefix}/onvif-ej/${topic}`, payload, { retain });
  }

  settled(): Promise<void> {
    return this.#line.settled();
  }

  #property(topic: string, property: Property): void {
    this.#properties.set(topic, property);
    this.#say(topic, property, true);
  }

  #say(topic: string, { source, data }: Property, retain = false): void {
    const UtcTime = new Date(Date.now() + this.clockOffsetMs).toISOString();
    this.#line.say(
      `${this.#prefix}/onvif-ej/${topic}`,
      JSON.stringify({ UtcTime, Source: source, Data: data }),
      { retain },
    );
  }
}
