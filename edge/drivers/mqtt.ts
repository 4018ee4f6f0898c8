/** From MQTT messages to what was heard of devices, and from commands to MQTT messages. */
import type { Command } from '../../devices/model/command.ts';
import { catalog } from '../../devices/profiles/catalog.ts';
import type {
  DeviceMessage,
  Heard,
  OutgoingMessage,
  Profile,
  ProfileResult,
} from '../../devices/profiles/profile.ts';
import { inverse } from '../site/properties.ts';
import type { Arrival } from '../site/state.ts';
import type { CommandTarget } from '../site/views.ts';
import { TopicIndex } from './topic-index.ts';

/** What a broker has stored on a topic (a retained message): state, not news. */
export interface StoredMessage {
  topic: string;
  payload: Uint8Array;
}

/**
 * A message that has just been published: news, also where its publisher has asked the broker to store it
 * (the retain flag of a device's own publish). Copies given out at a connection are StoredMessages.
 */
export interface BrokerMessage extends StoredMessage {
  /** The client that published it, as far as the broker says so. */
  client: string;
  qos: 0 | 1 | 2;
  receivedAt: number;
}

/** What a profile made of a message about one device: the arguments of SiteState.apply. */
export interface FromDevice {
  heard: Heard;
  profile: string;
  arrival: Arrival;
}

/** A message that could not be read, or not wholly. */
export interface QuarantinedMessage {
  receivedAt: number;
  client: string;
  topic: string;
  /** The first QUARANTINED_BYTES of it. */
  payload: Uint8Array;
  payloadBytes: number;
  profile: string;
  reason: string;
  /** The rest of it was read. */
  partly: boolean;
}

/** Of each unreadable message this much is kept: enough to see what it is. */
export const QUARANTINED_BYTES = 4_096;
/** Retained messages taken at the start, at most; a shop has hundreds. */
export const MAX_RETAINED = 50_000;
/** Parts that one command may reach: two strikes on a double door, the sirens of a floor. */
export const MAX_COMMAND_MESSAGES = 16;

type Message = DeviceMessage & { client: string };

/** Topics whose readers are remembered; a shop has hundreds, and a flood of topics must not fill memory. */
const MAX_REMEMBERED_TOPICS = 8_192;
/** Devices that a driver remembers having heard, to know whose commands are its own; beyond, the oldest is forgotten. */
const MAX_HEARD_DEVICES = 10_000;

interface Speaker {
  profile: Profile;
  memory: unknown;
}

export interface MqttDriverOptions {
  quarantine(message: QuarantinedMessage): void;
  /** Sends a question that a profile has to a device; absent: nothing is asked. */
  ask?(message: OutgoingMessage): void;
  profiles?: readonly Profile[];
}

/** Reads the messages of one broker. Each broker has a driver of its own: two may carry devices of the same name. */
export class MqttDriver {
  readonly #speakers: readonly Speaker[];
  readonly #index = new TopicIndex<Speaker>();
  readonly #readers = new Map<string, readonly Speaker[]>();
  readonly #heard = new Set<string>();
  readonly #quarantine: (message: QuarantinedMessage) => void;
  readonly #ask: (message: OutgoingMessage) => void;

  constructor({ quarantine, ask, profiles = catalog }: MqttDriverOptions) {
    this.#quarantine = quarantine;
    this.#ask = ask ?? (() => {});
    this.#speakers = profiles.map((profile) => ({ profile, memory: profile.memory() }));
    for (const speaker of this.#speakers)
      for (const filter of speaker.profile.filters) this.#index.add(filter, speaker);
  }

  /** Every filter that a profile reads, for a broker that has to be asked. */
  get filters(): string[] {
    return [...new Set(this.#speakers.flatMap(({ profile }) => profile.filters))];
  }

  /** What was heard in a message; what could not be read goes to quarantine. Never throws for what it holds. */
  read(message: BrokerMessage): FromDevice[] {
    return this.#read({ ...message, retained: false });
  }

  /**
   * Builds the profiles' memory (discovery documents, lists of devices) from what a broker has stored, and
   * tells nothing: before messages that waited in a session, whose news the stored states would swallow.
   */
  learn(stored: Iterable<StoredMessage>, receivedAt: number): void {
    for (const message of this.#bounded(stored, receivedAt))
      for (const speaker of this.#readersOf(message.topic)) resultOf(speaker, message);
  }

  /**
   * Builds the profiles' memory from what a broker has stored, and tells the states in it. In two rounds:
   * a state may be stored ahead of the document that explains it.
   * @param brokerRestarted the broker has just started itself: a stored "online" is only a memory
   */
  rebuild(stored: Iterable<StoredMessage>, receivedAt: number, brokerRestarted = false): FromDevice[] {
    const messages = this.#bounded(stored, receivedAt);
    this.learn(messages, receivedAt);
    return messages
      .flatMap((message) => this.#read(message))
      .map((from) => (brokerRestarted ? { ...from, arrival: { ...from.arrival, brokerRestarted } } : from));
  }

  #bounded(stored: Iterable<StoredMessage>, receivedAt: number): Message[] {
    const messages: Message[] = [];
    for (const { topic, payload } of stored) {
      const message: Message = { client: '', topic, payload, retained: true, receivedAt };
      if (messages.length >= MAX_RETAINED) {
        this.#refuse(
          message,
          'driver',
          `more than ${MAX_RETAINED} retained messages: the rest is not read`,
          false,
        );
        break;
      }
      messages.push(message);
    }
    return messages;
  }

  #read(message: Message): FromDevice[] {
    const { retained, receivedAt } = message;
    const heard: FromDevice[] = [];
    const refusals: { profile: string; reason: string }[] = [];
    for (const speaker of this.#readersOf(message.topic)) {
      const { name } = speaker.profile;
      const result = resultOf(speaker, message);
      if (result.ask !== undefined) this.#ask(result.ask);
      if ('refused' in result) refusals.push({ profile: name, reason: result.refused });
      else {
        for (const entry of result.heard) {
          this.#remember(entry.device);
          heard.push({ heard: entry, profile: name, arrival: { retained, receivedAt } });
        }
        if (result.partly !== undefined) this.#refuse(message, name, result.partly, true);
      }
    }
    // Families share the shapes of some topics: a message that one understands is not another's refusal.
    if (heard.length === 0)
      for (const { profile, reason } of refusals) this.#refuse(message, profile, reason, false);
    return heard;
  }

  /** Profiles that read a topic. */
  #readersOf(topic: string): readonly Speaker[] {
    const remembered = this.#readers.get(topic);
    if (remembered !== undefined) return remembered;
    const readers = [...this.#index.match(topic)];
    if (this.#readers.size >= MAX_REMEMBERED_TOPICS) this.#readers.clear();
    this.#readers.set(topic, readers);
    return readers;
  }

  /** Whether the device speaks through this driver's broker. */
  hears(device: string): boolean {
    return this.#heard.has(device);
  }

  /**
   * The messages that carry out a command on the parts that the site's state has found for it. Only devices
   * that have been heard here: on another broker nobody would listen.
   */
  command(
    { action, asset }: Pick<Command, 'action' | 'asset'>,
    targets: readonly CommandTarget[],
  ): { messages: OutgoingMessage[] } | { refused: string } {
    const messages = new Map<string, OutgoingMessage>();
    for (const target of targets) {
      if (!this.#heard.has(target.device)) continue;
      const message = this.#messageFor(target, action);
      if (message !== undefined)
        messages.set(`${message.topic}\n${Buffer.from(message.payload).toString('base64')}`, message);
    }
    if (messages.size === 0)
      return { refused: `no device that is heard at ${asset} can carry out ${action}` };
    // Which of several relays is the siren, and which the strike, must never be guessed.
    if (messages.size > 1 && targets.some(({ heard }) => !heard))
      return { refused: `several parts at ${asset} might carry out ${action}: say which with treatAs` };
    return messages.size > MAX_COMMAND_MESSAGES
      ? { refused: `${messages.size} parts at ${asset}, ${MAX_COMMAND_MESSAGES} are the most` }
      : { messages: [...messages.values()] };
  }

  #messageFor(
    { device, part, inverted }: CommandTarget,
    action: Command['action'],
  ): OutgoingMessage | undefined {
    const speaker = this.#speakers.find(({ profile }) => device.startsWith(`${profile.name}:`));
    const effective = inverted ? inverse(action) : action;
    return speaker?.profile.command?.(device, part, effective, speaker.memory);
  }

  #remember(device: string): void {
    if (this.#heard.has(device)) return;
    const [oldest] = this.#heard;
    if (this.#heard.size >= MAX_HEARD_DEVICES && oldest !== undefined) this.#heard.delete(oldest);
    this.#heard.add(device);
  }

  #refuse(message: Message, profile: string, reason: string, partly: boolean): void {
    const { receivedAt, client, topic, payload } = message;
    this.#quarantine({
      receivedAt,
      client,
      topic,
      payload: payload.slice(0, QUARANTINED_BYTES),
      payloadBytes: payload.byteLength,
      profile,
      reason,
      partly,
    });
  }
}

/** A profile with a defect costs its own message, not the gateway. */
function resultOf({ profile, memory }: Speaker, message: Message): ProfileResult {
  try {
    return profile.read(message, memory);
  } catch (error) {
    return {
      refused: `profile ${profile.name} failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
