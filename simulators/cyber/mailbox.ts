import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** Mails that are kept to be read; of more, the oldest go. Their files stay. */
const MAX_MAILS = 500;
/** A mail, at most. */
const MAX_BYTES = 4 * 1024 * 1024;
const QUIET_MS = 60_000;

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** Its text part, decoded. */
  readonly text: string;
  readonly at: number;
}

/**
 * Everybody's mailbox: takes what it is given by SMTP (RFC 5321, section 4.5.1's minimum), without a password, and keeps
 * it as a file and in memory. Nothing leaves this machine.
 */
export class Mailbox {
  readonly #server: Server;
  readonly #folder: string;
  #count = 0;
  readonly mails: ReceivedMail[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.#server = createServer((socket) => this.#talk(socket));
  }

  static async start({ port, folder }: { port: number; folder: string }, signal: AbortSignal) {
    mkdirSync(folder, { recursive: true });
    const box = new Mailbox(folder);
    const open = new Set<Socket>();
    box.#server.on('connection', (socket) => {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      box.#server.once('error', reject);
      box.#server.listen(port, '127.0.0.1', resolve);
    });
    signal.addEventListener(
      'abort',
      () => {
        for (const socket of open) socket.destroy();
        box.#server.close();
      },
      { once: true },
    );
    return box;
  }

  #talk(socket: Socket): void {
    let from = '';
    let to: string[] = [];
    let held = '';
    let isData = false;
    const say = (line: string) => socket.write(`${line}\r\n`);
    const command = (line: string) => {
      const verb = line.slice(0, 4).toUpperCase();
      const path = /<([^<>]*)>/.exec(line)?.[1] ?? '';
      if (verb === 'EHLO' || verb === 'HELO') say('250 mailbox.localhost');
      else if (verb === 'MAIL') {
        [from, to] = [path, []];
        say('250 go on');
      } else if (verb === 'RCPT') {
        to.push(path);
        say('250 go on');
      } else if (verb === 'DATA') {
        isData = to.length > 0;
        say(isData ? '354 end with a dot' : '503 to whom?');
      } else if (verb === 'QUIT') {
        say('221 bye');
        socket.end();
      } else say(verb === 'RSET' || verb === 'NOOP' ? '250 yes' : '502 not here');
    };
    socket.setEncoding('latin1');
    socket.setTimeout(QUIET_MS, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      held += String(chunk);
      if (held.length > MAX_BYTES) return socket.destroy();
      for (;;) {
        const end = held.indexOf(isData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const taken = held.slice(0, end);
        held = held.slice(end + (isData ? 5 : 2));
        if (!isData) command(taken);
        else {
          isData = false;
          this.#keep(taken.replaceAll('\r\n..', '\r\n.'), from, to);
          say('250 kept');
        }
      }
    });
    say('220 mailbox.localhost');
  }

  #keep(raw: string, from: string, to: readonly string[]): void {
    this.mails.push({ from, to, ...contentOf(raw), at: Date.now() });
    if (this.mails.length > MAX_MAILS) this.mails.shift();
    const file = join(this.#folder, `${String(++this.#count).padStart(4, '0')}.eml`);
    void writeFile(file, raw, 'latin1').catch(() => {});
  }
}

/** Subject and text of a message (RFC 5322, RFC 2045, RFC 2047) of one part; of several the first. */
export function contentOf(raw: string): { subject: string; text: string } {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const unfolded = head.replace(/\r\n[ \t]+/g, ' ');
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(unfolded)?.[1]?.trim() ?? '';
  const body = rest.join('\r\n\r\n');
  const boundary = /boundary="?([^";]+)"?/i.exec(field('content-type'))?.[1];
  if (boundary !== undefined) {
    const [, first = ''] = body.split(`--${boundary}`);
    return { subject: wordsOf(field('subject')), text: contentOf(first.replace(/^\r\n/, '')).text };
  }
  return {
    subject: wordsOf(field('subject')),
    text: decoded(body, field('content-transfer-encoding').toLowerCase()),
  };
}

function decoded(text: string, encoding: string): string {
  const bytes =
    encoding === 'base64'
      ? Buffer.from(text, 'base64')
      : Buffer.from(encoding === 'quoted-printable' ? unquoted(text.replace(/=\r?\n/g, '')) : text, 'latin1');
  return bytes.toString('utf8').replaceAll('\r\n', '\n');
}

const unquoted = (text: string): string =>
  text.replace(/=([0-9A-F]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Encoded words of a header field. */
const wordsOf = (text: string): string =>
  text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?[\w-]+\?([BQ])\?([^?]*)\?=/gi, (_whole, how: string, word: string) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString('utf8')
        : Buffer.from(unquoted(word.replaceAll('_', ' ')), 'latin1').toString('utf8'),
    );
