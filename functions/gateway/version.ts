import manifest from '../../package.json' with { type: 'json' };

/** The gateway's own version, as it names itself to clients and backends. */
export const version: string = manifest.version;
