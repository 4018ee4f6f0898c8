import { openResponse, type Responder } from '../../playbooks/response.ts';
import type { ToolLife } from '../tool-life.ts';
import { type House, troubleOf } from './house.ts';

export function openResponder(house: House): { response: Responder; life: ToolLife } {
  const { configuration, store, registry, clock, mailer, ingest, stream } = house;
  const response = openResponse({
    store,
    registry,
    clock,
    settings: configuration.response,
    mailer,
    gateways: configuration.gateways,
    resolve: configuration.resolve,
    sendCommand: (gateway, command) => ingest.sendCommand(gateway, command),
    isConnected: (gateway) => ingest.isConnected(gateway),
    onRun: (data) => stream.publish({ type: 'response', data }),
    onTrouble: troubleOf(house, 'response'),
  });
  const life: ToolLife = {
    start: (signal) => response.start(signal),
    settled: () => response.settled(),
    observed: (observations) => response.observed(observations),
    figures: () => ({ playbooks: response.shelf.all().length, runsUnderWay: response.underWay }),
  };
  return { response, life };
}
