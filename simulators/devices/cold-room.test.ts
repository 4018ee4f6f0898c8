import { expect, onTestFinished, test } from 'vitest';
import { ColdRoom, coldRoomRegisters } from './cold-room.ts';
import { writeRegister } from './modbus/tcp-master.ts';
import { ModbusTcpServer } from './modbus/tcp-server.ts';

const MINUTE_MS = 60_000;

/** Extremes over so many minutes, looked at every ten seconds. */
function over(room: ColdRoom, minutes: number): { least: number; most: number } {
  let [least, most] = [room.celsius, room.celsius];
  for (let elapsed = 0; elapsed < minutes * MINUTE_MS; elapsed += 10_000) {
    room.step(10_000);
    least = Math.min(least, room.celsius);
    most = Math.max(most, room.celsius);
  }
  return { least, most };
}

test('a cold room holds its set point for a day, and says what it measures', () => {
  const room = new ColdRoom(5, 8);
  const { least, most } = over(room, 24 * 60);
  expect(least).toBeGreaterThan(3.5);
  expect(most).toBeLessThan(6.5);
  expect(room.unit.input.get(coldRoomRegisters.input.air)).toBe(Math.round(room.celsius * 10));
});

test('a defrost warms it for minutes, not for a quarter of an hour', () => {
  const room = new ColdRoom(5, 8);
  over(room, 60);
  room.defrost(true);
  expect(over(room, 1.5).most).toBeGreaterThan(6.5);
  room.defrost(false);
  over(room, 15);
  expect(room.celsius).toBeLessThan(8);
});

test('whoever reaches the controller can write its set point, and the goods follow', async () => {
  const power = new AbortController();
  onTestFinished(() => power.abort());
  const room = new ColdRoom(5, 8);
  const { port } = await ModbusTcpServer.start(new Map([[1, room.unit]]), power.signal);
  const controller = { host: '127.0.0.1', port, unit: 1 };
  await writeRegister(controller, coldRoomRegisters.holding.setPoint, 150);
  expect(room.unit.written).toEqual([{ address: coldRoomRegisters.holding.setPoint, value: 150 }]);
  expect(over(room, 240).most).toBeGreaterThan(8);
  await expect(writeRegister(controller, 77, 1)).rejects.toThrow('refuses to write register 77: exception 2');
});
