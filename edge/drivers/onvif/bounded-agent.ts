import { Agent as HttpAgent } from 'node:http';
import type { Duplex } from 'node:stream';
import { type CertificateTrust, trustingAgent } from './certificate-trust.ts';

/** Bytes that a camera may send in one answer: 32 notices are some 50 KB, a large set of profiles 300 KB. */
export const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/**
 * `trust`: by TLS, held to that certificate. One connection a request, cut when the camera sends more than an answer can be: the library collects whatever
 * comes. Destroying the agent ends what is still under way, a pull above all.
 */
export function boundedAgent(trust: CertificateTrust | undefined): HttpAgent {
  const agent = trust === undefined ? new HttpAgent({ keepAlive: false }) : trustingAgent(trust, false);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    // By TLS the socket comes when its certificate was judged; without, at once.
    const later: typeof callback = (error, stream) => {
      if (error === null) bound(stream);
      callback?.(error, stream);
    };
    const socket = connect(options, later);
    if (socket) bound(socket);
    return socket;
  };
  return agent;
}

function bound(socket: Duplex): void {
  let bytes = 0;
  socket.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES)
      socket.destroy(new Error(`more than ${MAX_ANSWER_BYTES} bytes in one answer`));
  });
}
