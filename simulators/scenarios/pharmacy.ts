import { pause } from '../cyber/visitor.ts';
import { coldRoomRegisters } from '../devices/cold-room.ts';
import { pick, type Random } from '../random.ts';
import { badges, Clinic, places } from '../world/clinic.ts';
import type { Ground, GroundTruth, Narrator, Pilot, PilotWorld } from './pilot.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const CITY_KMH = 45;
/** The laptop that hangs in a socket of the plant network since the man in the jacket looked around. */
const LAPTOP = '10.77.0.66';

const truth: GroundTruth = {
  incidents: [{ id: 'raid', title: 'Cold goods of the clinic pharmacy: scouted, spoilt and driven away' }],
  sites: ['clinic'],
  steps: [
    {
      id: 'scouting',
      text: "a man in a courier's jacket offers a parcel at the annex; nobody vouches for him",
      signs: [{ rule: 'handover-refused', asset: 'clinic-annex-door' }],
    },
    {
      id: 'trying-the-door',
      text: 'alone outside he holds one card after the other to the annex reader',
      signs: [{ rule: 'access-denied-burst', asset: 'clinic-annex-reader' }],
    },
    {
      id: 'copied-badge',
      text: "a copy of Dr. Baum's badge opens the annex while she goes through the staff door, 300 m away",
      signs: [
        { rule: 'badge-in-two-places', asset: 'clinic-annex-reader' },
        // Where the cards before are still remembered: one has worked now.
        { rule: 'access-denied-burst', asset: 'clinic-annex-reader' },
      ],
    },
    {
      id: 'door-propped',
      text: 'the cold room is opened and a pallet put into its door',
      signs: [{ rule: 'held-open:cold-room', asset: 'clinic-cold-room' }],
    },
    {
      id: 'set-point',
      text: "from a laptop in the plant's network the controller's set point is written, and the limit of its alarm",
      signs: [
        { rule: 'setting-changed', asset: 'clinic-cold-room' },
        { rule: 'suricata:1000501', asset: 'clinic-plant-network' },
        { rule: 'temperature-excursion:cold-room', asset: 'clinic-cold-room' },
      ],
    },
    {
      id: 'van-keys',
      text: "the copy opens the van's key cabinet, and Dr. Baum is at the staff door again",
      signs: [{ rule: 'badge-in-two-places', asset: 'clinic-van-keys-reader' }],
    },
    {
      id: 'van-diverted',
      text: 'the van leaves with its refrigeration off, and crosses the river instead of driving its round',
      signs: [
        { rule: 'left-area', asset: 'clinic-van' },
        { rule: 'temperature-excursion:van', asset: 'clinic-van' },
      ],
    },
  ],
};

class PharmacyPilot implements PilotWorld {
  readonly #clinic: Clinic;
  readonly #ground: Ground;

  constructor(clinic: Clinic, ground: Ground) {
    this.#clinic = clinic;
    this.#ground = ground;
  }

  /** Staff through doors and into the cold room, at both sites. */
  day(): Promise<unknown> {
    const clinic = this.#clinic;
    const { random } = this.#ground;
    // Piet works in the annex: he is not at the other end of the grounds at the same time.
    const staff = [badges.omar, badges.sara];
    return Promise.all([
      this.#again(70 * SECOND_MS, random, () => clinic.pass('staff', pick(staff, random))),
      this.#again(3 * MINUTE_MS, random, () => clinic.passAtMill(badges.lotte)),
    ]);
  }

  async tell(narrator: Narrator): Promise<void> {
    const beside = Promise.all([this.#delivery(narrator), this.#branch(narrator)]);
    const wait = (ms: number) => pause(narrator.clock, ms, narrator.signal);
    await this.#quietMorning(narrator);
    await this.#scouting(narrator);
    await wait(2 * MINUTE_MS);
    await this.#inTheAnnex(narrator);
    await wait(MINUTE_MS);
    await this.#van(narrator);
    // The goods warm up slowly, and nobody comes to look.
    await wait(7 * MINUTE_MS);
    await beside;
  }

  /** A courier who can prove who he is, somebody who fetches goods, and the cold room's own defrost. */
  async #quietMorning({ clock, signal, say }: Narrator): Promise<void> {
    const clinic = this.#clinic;
    say('a courier hands over a parcel at the annex and proves who he is; Piet lets him in');
    const { accepted, reason } = await clinic.scanner.handOver(clinic.courier('P-20417'), 'P-20417');
    if (!accepted) throw new Error(`the real courier was refused: ${reason ?? 'nobody says why'}`);
    await clinic.pass('annex', badges.piet);
    await clinic.fetchFromColdRoom();
    await clinic.workshopUpdates();
    say('the cold room defrosts, as it does four times a day');
    await clinic.defrost();
    await pause(clock, MINUTE_MS, signal);
  }

  async #scouting({ clock, signal, step }: Narrator): Promise<void> {
    const clinic = this.#clinic;
    step('scouting');
    const { accepted } = await clinic.scanner.handOver(clinic.fakeCourier('P-20418'), 'P-20418');
    if (accepted) throw new Error('the false courier was believed');
    await pause(clock, 40 * SECOND_MS, signal);
    step('trying-the-door');
    for (const card of ['04000001', '04000002', '0400A110', '0400A111', '0400A112', '04FFFFFF']) {
      clinic.present('annex', card);
      await pause(clock, 8 * SECOND_MS, signal);
    }
  }

  async #inTheAnnex({ clock, signal, step, say }: Narrator): Promise<void> {
    const clinic = this.#clinic;
    step('copied-badge');
    const inside = clinic.pass('annex', badges.ines);
    await pause(clock, 6 * SECOND_MS, signal);
    void clinic.pass('staff', badges.ines);
    if (!(await inside)) say('(the annex stays shut for the copy)');
    await pause(clock, 30 * SECOND_MS, signal);
    step('door-propped');
    clinic.coldRoom.door('open');
    await pause(clock, 70 * SECOND_MS, signal);
    step('set-point');
    await clinic.writeToController(LAPTOP, coldRoomRegisters.holding.alarmAbove, 300);
    await clinic.writeToController(LAPTOP, coldRoomRegisters.holding.setPoint, 150);
  }

  async #van({ clock, signal, step }: Narrator): Promise<void> {
    const clinic = this.#clinic;
    step('van-keys');
    const keys = clinic.pass('van-keys', badges.ines);
    await pause(clock, 7 * SECOND_MS, signal);
    void clinic.pass('staff', badges.ines);
    await keys;
    await pause(clock, 40 * SECOND_MS, signal);
    step('van-diverted');
    clinic.coolCargo(false);
    clinic.van.go([places.scrapyard], CITY_KMH);
  }

  /** At the goods door, in another part of the house: it stands open for a delivery longer than it should. */
  async #delivery({ clock, signal, say }: Narrator): Promise<void> {
    await pause(clock, 3 * MINUTE_MS, signal);
    say('a delivery at the goods door, which stands open meanwhile');
    this.#clinic.goodsDoor('open');
    await pause(clock, 3 * MINUTE_MS, signal);
    this.#clinic.goodsDoor('closed');
  }

  /** At the branch somebody has brought the wrong badge, and the door stands open. */
  async #branch({ clock, signal, say }: Narrator): Promise<void> {
    await pause(clock, 8 * MINUTE_MS, signal);
    say('at the branch somebody has the badge of another house, and is let in at last');
    for (let attempt = 0; attempt < 4; attempt++) {
      this.#clinic.presentAtMill('0A00BAD1');
      await pause(clock, 15 * SECOND_MS, signal);
    }
    this.#clinic.millDoor('open');
    await pause(clock, 3 * MINUTE_MS, signal);
    this.#clinic.millDoor('closed');
  }

  /** Again and again, about every `everyMs`, while the day lasts. */
  async #again(everyMs: number, random: Random, act: () => Promise<unknown>): Promise<void> {
    const { clock, signal } = this.#ground;
    while (!signal.aborted) {
      await pause(clock, everyMs * (0.4 + 1.2 * random()), signal);
      if (!signal.aborted) await act();
    }
  }
}

/** The pharmacy pilot: goods that must stay cold, and everything that keeps them so, attacked at once. */
export const pharmacy: Pilot = {
  id: 'pharmacy',
  title: 'Raid on the cold chain',
  story: 'A false courier scouts, a copied badge opens, the cold room is sabotaged and the van driven away.',
  beginsAt: '09:40',
  settings: {
    folder: 'clinic',
    ports: [
      'clinicTlsPort',
      'clinicPlainPort',
      'clinicPagePort',
      'millTlsPort',
      'millPagePort',
      'coldRoomPort',
    ],
    secrets: ['clinicDevice', 'clinicToken', 'millDevice', 'millToken', 'annexScanner'],
    houses: [
      { name: 'clinic-gateway', main: 'edge/main.ts', configuration: 'clinic-gateway.yaml' },
      { name: 'mill-gateway', main: 'edge/main.ts', configuration: 'mill-gateway.yaml' },
      { name: 'clinic-bridge', main: 'firmware-bridge/main.ts', configuration: 'clinic-bridge.yaml' },
    ],
  },
  truth,
  async open(ground) {
    const { clock, folder, cloudUrl, signal } = ground;
    const clinic = await Clinic.open(
      {
        clock,
        folder,
        cloudUrl,
        clinicBroker: `mqtts://127.0.0.1:${ground.port('clinicTlsPort')}`,
        millBroker: `mqtts://127.0.0.1:${ground.port('millTlsPort')}`,
        clinicPassword: ground.secret('clinicDevice'),
        millPassword: ground.secret('millDevice'),
        scannerToken: ground.secret('annexScanner'),
        coldRoomPort: ground.port('coldRoomPort'),
      },
      signal,
    );
    return new PharmacyPilot(clinic, ground);
  },
};
