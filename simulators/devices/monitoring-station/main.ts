/**
 * A monitoring station on one machine: prints each event as a line of JSON.
 * Run: node simulators/devices/monitoring-station/main.ts --port 5000 [--key 00112233445566778899aabbccddeeff]
 */
import { parseArgs } from 'node:util';
import { startStation } from './station.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '5000' }, key: { type: 'string' }, help: { type: 'boolean' } },
});
if (values.help) {
  console.log(
    'Usage: monitoring-station [--port 5000] [--key HEX]\nTakes alarms as SIA DC-09 (ADM-CID and SIA-DCS) over TCP and prints each as a line of JSON.',
  );
  process.exit(0);
}
if (values.key !== undefined && !/^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(values.key)) {
  console.error('--key: expected 32, 48 or 64 hexadecimal digits');
  process.exit(2);
}
const station = await startStation({
  port: Number(values.port),
  ...(values.key === undefined ? {} : { key: Buffer.from(values.key, 'hex') }),
  onEvent: (event) => console.log(JSON.stringify(event)),
}).catch((error: unknown) => {
  console.error(`monitoring-station: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
console.log(JSON.stringify({ ready: true, port: station.port }));
