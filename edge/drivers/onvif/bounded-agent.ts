import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** Bytes that a camera may send in one answer: 32 notices are some 50 KB, a large set of profiles 300 KB. */
export const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/**
 * One connection a request, cut when the camera sends more than an answer can be: the library collects whatever
 * comes. Destroying the agent ends what is still under way, a pull above all.
 */
export function boundedAgent(secure: boolean): HttpAgent {
  const agent = secure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback);
    let bytes = 0;
    socket?.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES)
        socket.destroy(new Error(`more than ${MAX_ANSWER_BYTES} bytes in one answer`));
    });
    return socket;
  };
  return agent;
}
