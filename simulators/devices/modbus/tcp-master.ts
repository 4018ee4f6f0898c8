/** Somebody with a laptop in the plant's network: Modbus asks nobody who they are. */
import { connect } from 'node:net';

const ANSWER_WITHIN_MS = 5_000;
const HEADER_BYTES = 8;

/**
 * Writes one holding register (function 6) over Modbus TCP. Resolves once the unit has said that it has.
 * @throws Error where it refuses or does not answer
 */
export function writeRegister(
  { host, port, unit }: { host: string; port: number; unit: number },
  address: number,
  value: number,
): Promise<void> {
  const request = Buffer.alloc(12);
  const transaction = 1 + Math.floor(Math.random() * 0xfffe);
  for (const [at, word] of [transaction, 0, 6].entries()) request.writeUInt16BE(word, at * 2);
  request.writeUInt8(unit, 6);
  request.writeUInt8(6, 7);
  request.writeUInt16BE(address, 8);
  request.writeUInt16BE(value, 10);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let heard = Buffer.alloc(0);
    const end = (error?: Error) => {
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.setTimeout(ANSWER_WITHIN_MS, () => end(new Error(`${host}:${port} does not answer`)));
    socket.on('error', end);
    socket.on('close', () => end(new Error(`${host}:${port} hung up`)));
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      if (heard.length <= HEADER_BYTES) return;
      const code = heard.readUInt8(7);
      if (code === 6) end();
      else
        end(new Error(`unit ${unit} refuses to write register ${address}: exception ${heard.readUInt8(8)}`));
    });
  });
}
