/** The processes of the suite. */
export const services = ['gateway', 'diagnostics', 'ai', 'automation', 'analytics'] as const;
export type ServiceName = (typeof services)[number];

/** Services that answer commands over the transport. The gateway only asks. */
export type BackendService = Exclude<ServiceName, 'gateway'>;
