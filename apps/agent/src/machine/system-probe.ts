import type { Systeminformation as Si } from 'systeminformation';

/** How a program that was run ended. `code` is null when it could not be started or took too long. */
export interface ProgramOutcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * The machine, as far as the agent looks at it: the only door of the collectors to the outside.
 * The first block is the `systeminformation` library, function by function, its units unchanged.
 */
export interface SystemProbe {
  system(): Promise<Si.SystemData>;
  bios(): Promise<Si.BiosData>;
  baseboard(): Promise<Si.BaseboardData>;
  chassis(): Promise<Si.ChassisData>;
  uuid(): Promise<Si.UuidData>;
  osInfo(): Promise<Si.OsData>;
  cpu(): Promise<Si.CpuData>;
  currentLoad(): Promise<Si.CurrentLoadData>;
  cpuTemperature(): Promise<Si.CpuTemperatureData>;
  mem(): Promise<Si.MemData>;
  memLayout(): Promise<Si.MemLayoutData[]>;
  fsSize(): Promise<Si.FsSizeData[]>;
  diskLayout(): Promise<Si.DiskLayoutData[]>;
  /** Null where the library has no support (Windows). */
  disksIO(): Promise<Si.DisksIoData | null>;
  battery(): Promise<Si.BatteryData>;
  networkInterfaces(): Promise<Si.NetworkInterfacesData[]>;
  networkStats(): Promise<Si.NetworkStatsData[]>;
  networkGatewayDefault(): Promise<string>;
  graphics(): Promise<Si.GraphicsData>;
  processes(): Promise<Si.ProcessesData>;
  services(): Promise<Si.ServicesData[]>;
  users(): Promise<Si.UserData[]>;
  networkConnections(): Promise<Si.NetworkConnectionsData[]>;
  wifiConnections(): Promise<Si.WifiConnectionData[]>;

  readonly platform: NodeJS.Platform;
  /** Root, or null where that cannot be told (Windows). */
  readonly isRoot: boolean | null;
  readonly pid: number;
  hostname(): string;
  uptimeSeconds(): number;
  /** The whole file as UTF-8, or null when there is none; throws when it may not be read. */
  readText(path: string): Promise<string | null>;
  /** The names in a folder; none when there is no such folder. */
  listFolder(path: string): Promise<string[]>;
  /** When a file was last written; null when there is none. */
  modifiedAt(path: string): Promise<Date | null>;
  hasProgram(name: string): Promise<boolean>;
  /** Runs a program without a shell. Only literals and names that the machine itself gave may be passed. */
  runProgram(program: string, args: readonly string[], limitMs?: number): Promise<ProgramOutcome>;
  /** Time that a TCP connection takes to open, in milliseconds; throws when it does not open. */
  connectMs(host: string, port: number): Promise<number>;
  pause(ms: number): Promise<void>;
}
