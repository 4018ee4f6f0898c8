/**
 * A card reader with keypad, LED, buzzer, two inputs and a relay, which speaks OSDP 2.2 with secure channel. What
 * happens at it is called on it; what it shows can be looked at. It answers whatever is on its line.
 */
import { type CardBits, cardFrom } from './card.ts';
import { INSTALLATION_KEY, ReaderChannel } from './channel.ts';
import { type Answer, closed, headOf, type Packet, PacketCutter } from './packet.ts';

/** Without a word from the panel for this long, the channel is closed. */
const CHANNEL_IDLE_MS = 8_000;
/** Things to tell that wait for the panel; the oldest go first when there are more. */
const MAX_WAITING = 32;

const NAK = { check: 1, length: 2, unknown: 3, sequence: 4, block: 5, security: 6, record: 9 } as const;
const COLOURS = ['off', 'red', 'green', 'amber', 'blue', 'magenta', 'cyan', 'white'];

export interface ReaderOptions {
  address: number;
  /** Its own key; without one it is to be installed and takes the key that everybody knows. */
  key?: Buffer;
  /** False: it answers without a secure channel, too. */
  enforcesSecurity?: boolean;
  /** False: it has no secure channel at all. */
  hasSecurity?: boolean;
  outputs?: number;
  inputs?: number;
  /** In ms; only for timers of outputs and LEDs. */
  now?: () => number;
}

/** Faults of a reader or of its cable. */
export interface ReaderFaults {
  /** Before each answer. */
  delayMs: number;
  /** So many answers get lost on the cable. */
  loseReplies: number;
  /** So many answers arrive damaged. */
  damageReplies: number;
  /** So many commands are answered with "busy". */
  busy: number;
  /** Local status over the channel goes out under the panel's own block, in clear. */
  plainStatus: boolean;
  /** The relay sticks: it takes its commands and stays as it is. */
  stuckRelay: boolean;
}

export class SimulatedReader {
  readonly address: number;
  readonly faults: ReaderFaults = {
    delayMs: 0,
    loseReplies: 0,
    damageReplies: 0,
    busy: 0,
    plainStatus: false,
    stuckRelay: false,
  };
  /** Its own key, once it has one. */
  key: Buffer | undefined;
  isPowered = true;
  /** What was seen and done: for those who look. */
  readonly figures = { commands: 0, repeats: 0, refusals: 0, handshakes: 0, beeps: 0, reboots: 0 };
  text = '';
  readonly #options: Required<Omit<ReaderOptions, 'key' | 'address'>>;
  readonly #cutter = new PacketCutter();
  readonly #outputs: { on: boolean; timed?: { on: boolean; until: number } }[];
  readonly #inputs: boolean[];
  #led: { permanent: number; temporary?: { colour: number; until: number } } = { permanent: 0 };
  #told: string[] = [];
  #waiting: { code: number; body: Buffer }[] = [];
  #isTampered = false;
  #hasPowerFailed = false;
  #channel: ReaderChannel | undefined;
  #lastSequence: number | undefined;
  #lastCommand: Buffer | undefined;
  #lastAnswer: Buffer | undefined;
  #heardAt = 0;

  constructor({ address, key, ...options }: ReaderOptions) {
    this.address = address;
    this.key = key;
    this.#options = {
      enforcesSecurity: true,
      hasSecurity: true,
      outputs: 1,
      inputs: 2,
      now: () => performance.now(),
      ...options,
    };
    this.#outputs = Array.from({ length: this.#options.outputs }, () => ({ on: false }));
    this.#inputs = Array.from({ length: this.#options.inputs }, () => false);
    this.#told = this.#outputs.map(() => 'off');
  }

  /** A card is held before it: `123-45678` or a serial number as hex. */
  present(card: string | CardBits): void {
    const { bits, data } = typeof card === 'string' ? cardFrom(card) : card;
    const head = Buffer.from([0, bits === 26 ? 1 : 0, bits & 0xff, bits >> 8]);
    this.#tell(0x50, Buffer.concat([head, data]));
  }

  /** Keys are pressed: digits, `*`, `#`. */
  press(keys: string): void {
    const codes = [...keys].map((key) => (key === '#' ? 0x0d : key === '*' ? 0x7f : key.charCodeAt(0)));
    this.#tell(0x53, Buffer.from([0, codes.length, ...codes]));
  }

  tamper(isTampered: boolean): void {
    this.#isTampered = isTampered;
    this.#tell(0x48, this.#localStatus());
  }

  powerFails(hasFailed: boolean): void {
    this.#hasPowerFailed = hasFailed;
    this.#tell(0x48, this.#localStatus());
  }

  input(index: number, isOn: boolean): void {
    if (this.#inputs[index] === undefined) throw new RangeError(`there is no input ${index}`);
    this.#inputs[index] = isOn;
    this.#tell(0x49, Buffer.from(this.#inputs.map(Number)));
  }

  /** Colour of its light. */
  get light(): string {
    const { permanent, temporary } = this.#led;
    const isTemporary = temporary !== undefined && temporary.until > this.#options.now();
    return COLOURS[isTemporary ? temporary.colour : permanent] ?? 'off';
  }

  get outputCount(): number {
    return this.#outputs.length;
  }

  output(index: number): boolean {
    const output = this.#outputs[index];
    if (output === undefined) throw new RangeError(`there is no output ${index}`);
    const { timed } = output;
    return timed !== undefined && timed.until > this.#options.now() ? timed.on : output.on;
  }

  get isSecure(): boolean {
    return this.#channel?.isOpen === true;
  }

  /** Power goes and comes back: key and cable stay, everything else is forgotten. */
  reboot(): void {
    this.figures.reboots++;
    this.#forget();
    this.#waiting = [];
    for (const output of this.#outputs) {
      output.on = false;
      delete output.timed;
    }
  }

  /** Back to the state in which it left the factory. */
  reset(): void {
    this.key = undefined;
    this.reboot();
  }

  /** Bytes of the line; the answer, where there is one. */
  hear(bytes: Uint8Array): Buffer[] {
    if (!this.isPowered) return [];
    return this.#cutter.push(bytes).flatMap((packet) => {
      const isMine = !packet.fromReader && (packet.address === this.address || packet.address === 0x7f);
      const answer = isMine ? this.#answer(packet) : undefined;
      return answer === undefined ? [] : [answer];
    });
  }

  /** The line was quiet. */
  quiet(): void {
    this.#cutter.clear();
  }

  #forget(): void {
    this.#channel = undefined;
    this.#lastSequence = undefined;
    this.#lastCommand = undefined;
    this.#lastAnswer = undefined;
  }

  #tell(code: number, body: Buffer): void {
    if (!this.isPowered) return;
    this.#waiting.push({ code, body });
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
  }

  #answer(packet: Packet): Buffer | undefined {
    const now = this.#options.now();
    if (now - this.#heardAt > CHANNEL_IDLE_MS) this.#channel = undefined;
    this.#heardAt = now;
    this.figures.commands++;
    if (packet.sequence === 0) this.#forget();
    else if (packet.sequence === this.#lastSequence && this.#lastCommand?.equals(packet.raw)) {
      this.figures.repeats++;
      return this.#onCable(this.#lastAnswer);
    } else if (packet.sequence !== ((this.#lastSequence ?? -1) % 3) + 1) {
      this.figures.refusals++;
      return this.#onCable(this.#plain(packet, 0x41, Buffer.from([NAK.sequence])));
    }
    if (this.faults.busy > 0) {
      this.faults.busy--;
      return this.#onCable(this.#plain({ ...packet, sequence: 0 }, 0x79, Buffer.alloc(0)));
    }
    const answer = this.#respond(packet);
    this.#lastSequence = packet.sequence;
    this.#lastCommand = packet.raw;
    this.#lastAnswer = answer;
    return this.#onCable(answer);
  }

  #onCable(answer: Buffer | undefined): Buffer | undefined {
    if (answer === undefined) return undefined;
    if (this.faults.loseReplies > 0) {
      this.faults.loseReplies--;
      return undefined;
    }
    if (this.faults.damageReplies > 0) {
      this.faults.damageReplies--;
      const damaged = Buffer.from(answer);
      damaged.writeUInt8(damaged.readUInt8(damaged.length - 3) ^ 0x10, damaged.length - 3);
      return damaged;
    }
    return answer;
  }

  #plain({ sequence, usesCrc }: Pick<Packet, 'sequence' | 'usesCrc'>, code: number, body: Buffer): Buffer {
    return closed(headOf({ address: this.address, sequence, usesCrc, code, body }), undefined, usesCrc);
  }

  #respond(packet: Packet): Buffer {
    const { block, code, sequence, usesCrc } = packet;
    const refuse = (why: number) => {
      this.figures.refusals++;
      return this.#plain(packet, 0x41, Buffer.from([why]));
    };
    if (code === 0x76 || code === 0x77) return this.#shakeHands(packet, refuse);
    const channel = this.#channel;
    if (block === undefined) {
      const allowed = code === 0x61 || code === 0x62;
      if (channel?.isOpen) this.#channel = undefined;
      if (this.#options.enforcesSecurity && this.#options.hasSecurity && !allowed)
        return refuse(NAK.security);
      const { code: answerCode, body } = this.#obey(code, packet.body);
      return this.#plain(packet, answerCode, body);
    }
    if (!channel?.isOpen || packet.mac === undefined)
      return refuse(this.#options.hasSecurity ? NAK.security : NAK.block);
    const covered = packet.raw.subarray(0, packet.raw.length - (usesCrc ? 2 : 1) - 4);
    const clear = channel.listen(covered, packet.mac, packet.body, block.type === 0x17);
    if (clear === undefined) {
      this.#channel = undefined;
      return refuse(NAK.security);
    }
    const { code: answerCode, body } = this.#obey(code, clear);
    const isPlain = this.faults.plainStatus && answerCode === 0x48;
    const type = isPlain ? 0x15 : body.length === 0 ? 0x16 : 0x18;
    const answer: Answer = {
      address: this.address,
      sequence,
      usesCrc,
      block: { type, rest: Buffer.alloc(0) },
      code: answerCode,
      body: type === 0x18 ? channel.hide(body) : body,
    };
    const head = headOf(answer);
    const sent = closed(head, channel.sign(head), usesCrc);
    // The new key counts from now on: the channel that brought it is over.
    if (code === 0x75 && answerCode === 0x40) this.#channel = undefined;
    return sent;
  }

  #shakeHands(packet: Packet, refuse: (why: number) => Buffer): Buffer {
    const { block, code, body, sequence, usesCrc } = packet;
    if (!this.#options.hasSecurity) return refuse(NAK.unknown);
    const answer = (type: number, flag: number, answerCode: number, content: Buffer) =>
      closed(
        headOf({
          address: this.address,
          sequence,
          usesCrc,
          block: { type, rest: Buffer.from([flag]) },
          code: answerCode,
          body: content,
        }),
        undefined,
        usesCrc,
      );
    if (code === 0x76) {
      if (block?.type !== 0x11 || body.length !== 8) return refuse(NAK.block);
      const own = block.rest.readUInt8(0) === 1;
      // The key that everybody knows is dead once there is a better one.
      const key = own ? this.key : this.key === undefined ? INSTALLATION_KEY : undefined;
      if (key === undefined) return refuse(NAK.security);
      this.#channel = new ReaderChannel(key, Buffer.from(body));
      const uid = Buffer.from([0x47, 0x48, 1, 1, this.address, 0, 0, 0]);
      const content = Buffer.concat([uid, this.#channel.readerRandom, this.#channel.proof]);
      return answer(0x12, own ? 1 : 0, 0x76, content);
    }
    const first = block?.type === 0x13 ? this.#channel?.open(body) : undefined;
    if (first === undefined) {
      this.#channel = undefined;
      return answer(0x14, 0xff, 0x78, Buffer.alloc(16));
    }
    this.figures.handshakes++;
    return answer(0x14, 1, 0x78, first);
  }

  #localStatus(): Buffer {
    return Buffer.from([Number(this.#isTampered), Number(this.#hasPowerFailed)]);
  }

  #outputStatus(): Buffer {
    const now = this.#outputs.map((_, index) => this.output(index));
    this.#told = now.map((isOn) => (isOn ? 'on' : 'off'));
    return Buffer.from(now.map(Number));
  }

  /** Carries out a command that may be heard. */
  #obey(code: number, body: Buffer): { code: number; body: Buffer } {
    const nothing = Buffer.alloc(0);
    const done = { code: 0x40, body: nothing };
    const refuse = (why: number) => ({ code: 0x41, body: Buffer.from([why]) });
    switch (code) {
      case 0x60: {
        const changed = this.#outputs.some(
          (_, index) => this.#told[index] !== (this.output(index) ? 'on' : 'off'),
        );
        if (changed) return { code: 0x4a, body: this.#outputStatus() };
        return this.#waiting.shift() ?? done;
      }
      case 0x61:
        return { code: 0x45, body: Buffer.from([0x47, 0x48, 0x53, 1, 1, this.address, 0, 0, 0, 2, 2, 0]) };
      case 0x62:
        return {
          code: 0x46,
          body: Buffer.from(
            [
              [1, 1, this.#inputs.length],
              [2, 2, this.#outputs.length],
              [3, 1, 0],
              [4, 4, 1],
              [5, 2, 1],
              [8, 1, 0],
              [9, this.#options.hasSecurity ? 1 : 0, 1],
            ].flat(),
          ),
        };
      case 0x64:
        return { code: 0x48, body: this.#localStatus() };
      case 0x65:
        return { code: 0x49, body: Buffer.from(this.#inputs.map(Number)) };
      case 0x66:
        return { code: 0x4a, body: this.#outputStatus() };
      case 0x68:
        return this.#switch(body) ? done : refuse(NAK.record);
      case 0x69:
        return this.#light(body) ? done : refuse(NAK.record);
      case 0x6a:
        if (body.length !== 5) return refuse(NAK.length);
        if (body.readUInt8(1) === 2) this.figures.beeps += Math.max(1, body.readUInt8(4));
        return done;
      case 0x6b:
        this.text = body.subarray(6).toString('latin1');
        return done;
      case 0x75:
        if (!this.isSecure) return refuse(NAK.security);
        if (body.length !== 18 || body.readUInt8(0) !== 1 || body.readUInt8(1) !== 16)
          return refuse(NAK.record);
        this.key = Buffer.from(body.subarray(2));
        return done;
      default:
        return refuse(NAK.unknown);
    }
  }

  #switch(body: Buffer): boolean {
    if (body.length === 0 || body.length % 4 !== 0) return false;
    for (let at = 0; at < body.length; at += 4) {
      const output = this.#outputs[body.readUInt8(at)];
      const action = body.readUInt8(at + 1);
      if (output === undefined || action > 6) return false;
      if (this.faults.stuckRelay) continue;
      const until = this.#options.now() + body.readUInt16LE(at + 2) * 100;
      if (action >= 5) output.timed = { on: action === 5, until };
      else if (action > 0) {
        output.on = action === 2 || action === 4;
        if (action <= 2) delete output.timed;
      }
    }
    return true;
  }

  #light(body: Buffer): boolean {
    if (body.length === 0 || body.length % 14 !== 0) return false;
    for (let at = 0; at < body.length; at += 14) {
      const temporary = body.readUInt8(at + 2);
      if (temporary === 1) this.#led = { permanent: this.#led.permanent };
      if (temporary === 2) {
        const until = this.#options.now() + body.readUInt16LE(at + 7) * 100;
        this.#led = { ...this.#led, temporary: { colour: body.readUInt8(at + 5), until } };
      }
      if (body.readUInt8(at + 9) === 1) this.#led = { ...this.#led, permanent: body.readUInt8(at + 12) };
    }
    return true;
  }
}
