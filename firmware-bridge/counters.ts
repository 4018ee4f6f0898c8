/** What a link has been through, in numbers: told in the log, and looked at by tests. */
export interface LinkCounters {
  portsOpened: number;
  /** Could not be opened: missing rights, in use, gone again. */
  openFailures: number;
  hangUps: number;
  /** Reopened because the device had said nothing for too long. */
  watchdogReopens: number;
  /** Ports that answered, but for another node. */
  foreignPorts: number;
  framesRead: number;
  /** Noise and half frames. */
  framesDamaged: number;
  /** Undamaged, but not understood. */
  framesRefused: number;
  reportsDelivered: number;
  /** Came again before the gateway had acknowledged them, or after. */
  reportsRepeated: number;
  /** Given up by the device or by this link because nobody took them for too long. */
  reportsLost: number;
  nodeRestarts: number;
  commandsDone: number;
  commandsExpired: number;
  commandsRefused: number;
}

export const newCounters = (): LinkCounters => ({
  portsOpened: 0,
  openFailures: 0,
  hangUps: 0,
  watchdogReopens: 0,
  foreignPorts: 0,
  framesRead: 0,
  framesDamaged: 0,
  framesRefused: 0,
  reportsDelivered: 0,
  reportsRepeated: 0,
  reportsLost: 0,
  nodeRestarts: 0,
  commandsDone: 0,
  commandsExpired: 0,
  commandsRefused: 0,
});
