/** Cameras, their pictures, and how one is added. */
import type { Severity } from '../../../devices/model/detection.ts';
import type { Facts } from '../../../devices/model/observation.ts';

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
  /** GET /api/cameras/:asset/picture is the newest; asked for again when this has changed. */
  lastPictureAt?: number;
  /** False: no pictures are taken of it. */
  hasPictures?: boolean;
  /** False: it is a mere source of pictures and knows no presets. */
  canTurn?: boolean;
  /** It was added at the page and can be removed there; absent: it stands in the configuration's file. */
  addedAt?: number;
  /** SHA-256 of the certificate that its connection is held to, by HTTPS; pairs of hexadecimal digits with colons. */
  certificate?: string;
  /** The one it shows instead, which was not accepted: nothing is told to it before somebody does. */
  otherCertificate?: string;
}

/**
 * POST /api/cameras {asset, …what was proved}: a camera is put to use, without a file being changed. The log-in is
 * proved once more. 201 answers CameraStatus; 409 `taken`, where the asset has a camera; 409 `not-proved`, with the
 * reason in words. DELETE /api/cameras/:asset takes one out of use that was added here (204; 409 `in-file`).
 */
export interface CameraToAdd {
  /** A camera of the site's registry that has none yet. */
  asset?: string;
  /** Instead: it is entered into the registry, where this gateway may write that; 409 `registry-closed`. */
  newAsset?: { name: string; zone?: string };
  host: string;
  port?: number;
  secure?: boolean;
  username: string;
  password: string;
  /** The certificate that was shown with the proof, where it is to be this one and no other. */
  certificate?: string;
  /** `mqtt`: it sends its events to the gateway's broker by itself. */
  events?: 'pull' | 'mqtt';
  picture?: 'snapshot' | 'rtsp' | 'none';
}

/** POST /api/cameras/:asset/certificate: from now on it is held to this one; answers CameraStatus. */
export interface CertificateAccepted {
  /** `otherCertificate`, as it was shown to whoever decided. */
  certificate: string;
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
  /** Of the detection, for a sentence in the reader's language; absent in sets from before. */
  facts?: Facts;
  /** What it is about, the first first. */
  assets?: { id: string; name: string }[];
  /** When it was detected. */
  at: number;
  camera: { asset: string; name: string };
  /** When they are deleted, at the latest. */
  keptUntil: number;
  pictures: { file: string; takenAt: number; bytes: number; sha256: string }[];
}

/** GET /api/cameras/places: where cameras can be looked for, and where one can be put. */
export interface CameraPlaces {
  /** `isInternal`: of the machine alone, where only what runs on it can answer. */
  interfaces: { name: string; addresses: string[]; isInternal: boolean }[];
  zones: { id: string; name: string }[];
  /** A camera that the registry does not know yet can be entered from here. */
  isRegistryOpen: boolean;
  /** The file's name, for whoever has to enter it elsewhere. */
  registryFile: string;
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
      /** SHA-256 of its certificate, by HTTPS: compare it with what the camera's own page shows. */
      certificate?: string;
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
  | { proved: false; why: 'refused' | 'unreachable' | 'other-certificate'; detail: string };
