/// <reference types="node" />
/** The one Chromium of a test run: says where it listens, and ends when whoever started it is gone. */
import { chromium } from 'playwright-core';
import { chromiumOptions } from './making.ts';

const server = await chromium.launchServer({ ...chromiumOptions, host: '127.0.0.1' });
process.stdout.write(`${server.wsEndpoint()}\n`);
process.stdin.resume();
process.stdin.once('end', () => void server.close().finally(() => process.exit()));
