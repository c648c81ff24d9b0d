import { type Attempt, allows, type Statement } from './policy.ts';

/** Whether the caller behind an `Authorization` header may do all of this. */
export type MayDo = (authorization: string, attempts: readonly Attempt[]) => boolean;

/** The access key of whoever may do everything. */
export const administrator = 'administrator';

/** The access key with which a function signs its requests. */
export function accessKeyOf(functionName: string): string {
  // Slashes divide what stands beside the key in a signature.
  return functionName.replaceAll('/', '.');
}

/**
 * IAM for the functions of a deployment: each may do what the statements of its role allow. An unknown access key opens
 * nothing; signatures are not verified. `denied` is told what was refused.
 */
export function accessOf(
  roles: ReadonlyMap<string, readonly Statement[]>,
  denied: (functionName: string, attempt: Attempt) => void,
): MayDo {
  const holders = new Map([...roles].map(([name, statements]) => [accessKeyOf(name), { name, statements }]));
  return (authorization, attempts) => {
    const accessKey = /Credential=([^/]+)\//.exec(authorization)?.[1] ?? '';
    if (accessKey === administrator) return true;
    const { name, statements } = holders.get(accessKey) ?? { name: 'nobody', statements: [] };
    const refused = attempts.find((attempt) => !allows(statements, attempt));
    if (refused) denied(name, refused);
    return !refused;
  };
}
