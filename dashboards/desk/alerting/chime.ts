/** The desk's tone: two notes for something high, three rising ones for something critical. Made here, no file to fetch. */
import type { SeverityName } from '../../kit/chip.tsx';
import { severityRank } from '../live/queue-changes.ts';

const KEY = 'gatehouse.tone';
const NOTE_SECONDS = 0.16;
/** Not again within this: a storm is one alarm. */
const PAUSE_MS = 3_000;

let lastAt = Number.NEGATIVE_INFINITY;

/** From which severity on this browser makes a sound; as the person's own settings say. */
export function rememberTone(from: SeverityName | 'off'): void {
  try {
    localStorage.setItem(KEY, from);
  } catch {
    // Storage may be forbidden: then there is no tone in the next session.
  }
}

export function toneFrom(): SeverityName | 'off' {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'info' || kept === 'low' || kept === 'medium' || kept === 'high' || kept === 'critical'
      ? kept
      : 'off';
  } catch {
    return 'off';
  }
}

/** Sounds where the person wants to hear of something as grave. Browsers allow it once the page was used. */
export function chimeFor(severity: SeverityName): void {
  const from = toneFrom();
  if (from === 'off' || severityRank(severity) < severityRank(from) || performance.now() - lastAt < PAUSE_MS)
    return;
  lastAt = performance.now();
  play(severity);
}

export function play(severity: SeverityName): void {
  const context = new AudioContext();
  const notes = severity === 'critical' ? [659, 784, 988] : [659, 523];
  for (const [index, frequency] of notes.entries()) {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    const from = context.currentTime + index * NOTE_SECONDS;
    tone.type = 'triangle';
    tone.frequency.value = frequency;
    loudness.gain.setValueAtTime(0, from);
    loudness.gain.linearRampToValueAtTime(0.25, from + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, from + NOTE_SECONDS * 1.6);
    tone.connect(loudness).connect(context.destination);
    tone.start(from);
    tone.stop(from + NOTE_SECONDS * 1.7);
  }
  setTimeout(() => void context.close(), (notes.length + 2) * NOTE_SECONDS * 1_000);
}
