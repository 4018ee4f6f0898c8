/** Cameras, their pictures, and how one is added. */
import type { Severity } from '../../../devices/model/detection.ts';

/** GET /api/cameras: each camera with what it does, for people who are signed in. */
export interface CameraStatus {
  asset: string;
  name: string;
  online: boolean;
  picture: 'visible' | 'obscured' | 'unknown';
  /** Why the picture is obscured, as the gateway's own watch found. */
  reason?: 'dark' | 'bright' | 'covered' | 'frozen' | 'moved' | 'blurred';
  /** What it does, each alive or dead by itself; absent before it was first tried. */
  roles: { role: 'events' | 'snapshot' | 'stream'; works: boolean; why?: string }[];
  model?: string;
  serial?: string;
  /** How far its clock is ahead. */
  clockOffsetSeconds?: number;
  lastPictureAt?: number;
}

/** GET /api/cameras/:asset/presets, and POST /api/cameras/:asset/preset {preset}: answers CommandAnswer. */
export interface CameraPreset {
  token: string;
  name: string;
}

/**
 * GET /api/evidence?detection=…&camera=…: pictures before and after detections, the newest first, for people who are
 * signed in. A picture is GET /api/evidence/:set/:file.
 */
export interface EvidencePictures {
  set: string;
  detection: string;
  rule: string;
  severity: Severity;
  summary: string;
  /** When it was detected. */
  at: number;
  camera: { asset: string; name: string };
  /** When they are deleted, at the latest. */
  keptUntil: number;
  pictures: { file: string; takenAt: number; bytes: number; sha256: string }[];
}

/** POST /api/cameras/discover {interfaces?: [name]}: all of the machine's where none is named. */
export interface DiscoveredCameras {
  cameras: {
    endpoint: string;
    host: string;
    port: number;
    secure: boolean;
    name?: string;
    hardware?: string;
    mac?: string;
    interface: string;
    /** It stands in the configuration already. */
    knownAs?: string;
  }[];
  problems: { interface: string; why: string }[];
}

/** POST /api/cameras/prove {host, port?, secure?, username, password}: nothing is kept. */
export type CameraProof =
  | {
      proved: true;
      manufacturer: string;
      model: string;
      serial: string;
      firmware: string;
      mac?: string;
      endpoint?: string;
      clockOffsetSeconds?: number;
      /** It answers without a log-in, too: anybody in the network can do as much. */
      opensToAnybody: boolean;
      /** A small JPEG of now, base64. */
      picture?: string;
      noPictureBecause?: string;
      hasStream: boolean;
      offersMqtt: boolean;
      presets: CameraPreset[];
    }
  | { proved: false; why: 'refused' | 'unreachable'; detail: string };
