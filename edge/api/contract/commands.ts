/** What a person tells a device to do. */

/** POST /api/commands {action, asset}, and POST /api/commands/:confirm/confirm: it was given. What came of it is seen. */
export interface CommandAnswer {
  command: string;
}

/** 202 to POST /api/commands: it is dangerous, and is done only when the person confirms what it says. */
export interface CommandQuestion {
  confirm: string;
  /** What will happen, in words. */
  says: string;
  withinMs: number;
}

/** A lock, and what speaks against telling it something: said before anybody asks. */
export interface SiteLock {
  asset: string;
  name: string;
  /** Doors and cabinets that it locks. */
  doors: string[];
  state?: 'locked' | 'unlocked' | 'jammed';
  online: boolean;
  hindrances: {
    action: 'lock.lock' | 'lock.unlock';
    /** `escape-route`: people could be held in. `not-connected`: nobody would see whether it was done. */
    because: 'escape-route' | 'not-connected';
    /** The door on the escape route, or the lock. */
    name: string;
  }[];
}

/** A message of the security desk to the people at the site: POST /api/notices/seen {notice} says that somebody read it. */
export interface SiteNotice {
  notice: string;
  text: string;
  at: number;
  /** After that it is too late to be of use, and goes. */
  until: number;
}

/** Something that was asked for at the page in the last minutes, and what came of it. */
export interface SiteCommand {
  command: string;
  action: string;
  asset: string;
  /** Who asked; empty where nobody is known. */
  by: string;
  at: number;
  /**
   * `sent`: nothing was heard of it yet. `confirmed`: the device itself says that it is so. `unconfirmed`: the device
   * took it and said nothing more. `expired`: the device was not reached in time. `refused`: nothing here can do it,
   * or it must not be done.
   */
  state: 'sent' | 'confirmed' | 'unconfirmed' | 'expired' | 'refused' | 'failed';
  /** In the gateway's words, for whoever looks for the cause. */
  detail?: string;
}
