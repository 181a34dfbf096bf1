/** The runtime says whether it has running work that a restart must wait for. */
export const isBusyMessage = (message: unknown): message is { type: 'stagedoor.busy'; busy: boolean } =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  message.type === 'stagedoor.busy' &&
  'busy' in message &&
  typeof message.busy === 'boolean';
