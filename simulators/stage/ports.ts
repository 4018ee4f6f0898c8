import { createServer } from 'node:net';

/** So many ports that were free a moment ago, on the loopback interface. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<{ port: number; close: () => Promise<void> }>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            const port = typeof address === 'object' && address !== null ? address.port : 0;
            resolve({ port, close: () => new Promise((done) => server.close(() => done())) });
          });
        }),
    ),
  );
  // Held together until all are known, so that none is given twice.
  await Promise.all(servers.map(({ close }) => close()));
  return servers.map(({ port }) => port);
}

/** @throws Error that names the port where it is taken */
export function expectFree(port: number, option: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', () => reject(new Error(`port ${port} is taken; choose another with ${option}`)));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}
