/** The part that is used here; the package has no types of its own. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface Options {
    /** Directory of the LevelDB store; without it, tables live in memory. */
    path?: string;
    /** How long a table stays in CREATING; 500 by default. */
    createTableMs?: number;
  }

  export default function dynalite(options?: Options): Server;
}
