import type { Systeminformation as Si } from 'systeminformation';

/** A disk as the library lists it, before SMART. */
export function disk(facts: Partial<Si.DiskLayoutData> = {}): Si.DiskLayoutData {
  return {
    device: '/dev/sda',
    type: 'HD',
    name: 'WDC WD10EZEX-08WN4A0',
    vendor: 'Western Digital',
    size: 1000204886016,
    bytesPerSector: 512,
    totalCylinders: 0,
    totalHeads: 0,
    totalSectors: 0,
    totalTracks: 0,
    tracksPerCylinder: 0,
    sectorsPerTrack: 0,
    firmwareRevision: '01.01A01',
    serialNum: 'WD-WCC6Y1234567',
    interfaceType: 'SATA',
    smartStatus: 'unknown',
    temperature: null,
    ...facts,
  };
}

/** `smartctl -j -a` of a disk with pending sectors, with some of what is left out before it is sent. */
export const smartOfWornDisk = {
  json_format_version: [1, 0],
  smartctl: {
    version: [7, 3],
    platform_info: 'x86_64-linux',
    build_info: '(local build)',
    argv: ['smartctl', '-j', '-a', '/dev/sda'],
    exit_status: 64,
  },
  device: { name: '/dev/sda', info_name: '/dev/sda [SAT]', type: 'sat', protocol: 'ATA' },
  model_name: 'WDC WD10EZEX-08WN4A0',
  serial_number: 'WD-WCC6Y1234567',
  smart_status: { passed: true },
  ata_smart_data: { offline_data_collection: { status: { value: 130 } } },
  ata_smart_attributes: {
    revision: 16,
    table: [
      {
        id: 197,
        name: 'Current_Pending_Sector',
        value: 200,
        worst: 200,
        thresh: 0,
        when_failed: '',
        flags: {
          value: 50,
          string: '-O--CK ',
          prefailure: false,
          updated_online: true,
          performance: false,
          error_rate: false,
          event_count: true,
          auto_keep: true,
        },
        raw: { value: 5, string: '5' },
      },
    ],
  },
  ata_smart_error_log: { summary: { revision: 1, count: 3, table: [{ error_number: 3 }] } },
  ata_smart_self_test_log: {
    standard: { revision: 1, table: Array.from({ length: 21 }, () => ({ lifetime_hours: 1 })), count: 21 },
  },
  temperature: { current: 41 },
  power_cycle_count: 812,
  power_on_time: { hours: 31012 },
};

/** `smartctl -j -a` of an NVMe disk with which nothing is wrong. */
export const smartOfHealthyNvme = {
  json_format_version: [1, 0],
  smartctl: { version: [7, 4], argv: ['smartctl', '-j', '-a', '/dev/nvme0n1'], exit_status: 0 },
  device: { name: '/dev/nvme0n1', info_name: '/dev/nvme0n1', type: 'nvme', protocol: 'NVMe' },
  model_name: 'SAMSUNG MZVLB512HBJQ-000L7',
  serial_number: 'S4EVNX0R',
  firmware_version: '3M2QEXF7',
  nvme_pci_vendor: { id: 5197, subsystem_id: 5197 },
  nvme_composite_temperature_threshold: { warning: 82, critical: 85 },
  smart_status: { passed: true, nvme: { value: 0 } },
  nvme_smart_health_information_log: {
    critical_warning: 0,
    temperature: 38,
    available_spare: 100,
    available_spare_threshold: 10,
    percentage_used: 3,
    data_units_read: 14523412,
    data_units_written: 11223344,
    power_cycles: 812,
    power_on_hours: 4102,
    unsafe_shutdowns: 31,
    media_errors: 0,
    num_err_log_entries: 0,
  },
  temperature: { current: 38 },
  power_cycle_count: 812,
  power_on_time: { hours: 4102 },
};
