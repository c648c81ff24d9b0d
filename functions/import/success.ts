/** Whether a reply of this status, `200` or `2XX`, means success. */
export function isSuccess(status: string): boolean {
  return /^2(?:\d\d|XX)$/i.test(status);
}

/** Whether it may be what a successful call returns: `default` is where no other is. */
export function maySucceed(status: string): boolean {
  return status === 'default' || isSuccess(status);
}
