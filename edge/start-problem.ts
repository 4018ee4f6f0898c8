import type { GatewayConfiguration } from './config.ts';

const field = (error: unknown, name: string): string | number | undefined => {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
};

/** One line for a person about why the gateway could not start. */
export function startProblem(error: unknown, configuration: GatewayConfiguration): string {
  const message = error instanceof Error ? error.message : String(error);
  const { file, page, broker, gateway } = configuration;
  const state = configuration.resolve(gateway.state);
  const port = field(error, 'port');
  const keys: [string, number | undefined][] = [
    ['page.port', page.port],
    ['page.tls.port', page.tls?.port],
    ['broker.tls.port', broker.tls?.port],
    ['broker.plain.port', broker.plain?.port],
  ];
  const key = keys.find(([, known]) => known === port)?.[0] ?? 'port';
  switch (field(error, 'code')) {
    case 'EADDRINUSE':
      return `port ${port} is taken by another program; choose another as ${key} in ${file}`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${field(error, 'address')} (host beside ${key} in ${file})`;
    case 'EACCES':
      if (field(error, 'syscall') === 'listen')
        return `port ${port} needs rights that this user does not have (${key} in ${file})`;
      return `${field(error, 'path') ?? state} can't be written or read by this user (gateway.state in ${file})`;
    case 'EPERM':
    case 'EROFS':
      return `${field(error, 'path') ?? state} can't be written (gateway.state in ${file})`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${field(error, 'path') ?? state} is not a directory (gateway.state in ${file})`;
    case 'ENOSPC':
      return `no room left on the disk of ${state}`;
    case 'ENOENT':
      return `${field(error, 'path') ?? 'a file'} is not there (named in ${file})`;
    default:
      return message;
  }
}
