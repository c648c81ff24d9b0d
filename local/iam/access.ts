import { type Attempt, allows, type Statement } from './policy.ts';

/** Whether the caller behind an `Authorization` header may do all of this. */
export type MayDo = (authorization: string, attempts: readonly Attempt[]) => boolean;

/**
 * IAM for the functions of a deployment: each signs its requests with its own name as access key, and may do what its
 * role allows. Whoever uses another access key administers the account. Signatures are not verified. `denied` is told
 * what was refused.
 */
export function accessOf(
  roles: ReadonlyMap<string, readonly Statement[]>,
  denied: (functionName: string, attempt: Attempt) => void,
): MayDo {
  return (authorization, attempts) => {
    const accessKey = /Credential=([^/]+)\//.exec(authorization)?.[1] ?? '';
    const statements = roles.get(accessKey);
    const refused = statements && attempts.find((attempt) => !allows(statements, attempt));
    if (refused) denied(accessKey, refused);
    return !refused;
  };
}
