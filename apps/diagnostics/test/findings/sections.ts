import type { Section } from '@techze/contracts';

type Sections = Record<string, Section>;

/** Disks by their count of pending sectors, and file systems by how full they are. */
export function storage({
  disks = {},
  mounts = {},
}: {
  disks?: Readonly<Record<string, number>>;
  mounts?: Readonly<Record<string, number>>;
}): Sections {
  return {
    storage: {
      status: 'ok',
      data: {
        diskLayout: Object.entries(disks).map(([serialNum, pending]) => ({
          device: `/dev/${serialNum}`,
          type: 'HD',
          name: 'WDC WD5000LPCX',
          size: 512_000_000_000,
          serialNum,
          smartStatus: 'Ok',
          smartData: {
            ata_smart_attributes: {
              table: [
                { id: 197, name: 'Current_Pending_Sector', value: 200, worst: 200, thresh: 0, raw: { value: pending } },
              ],
            },
          },
        })),
        fsSize: Object.entries(mounts).map(([mount, percent]) => {
          const size = 512_000_000_000;
          const used = Math.round((size * percent) / 100);
          return {
            fs: `/dev/disk${mount}`,
            type: 'ext4',
            size,
            used,
            available: size - used,
            use: percent,
            mount,
            rw: true,
          };
        }),
      },
    },
  };
}

export const memory: Sections = {
  memory: { status: 'ok', data: { total: 17_179_869_184, available: 9_663_676_416, swaptotal: 0, swapused: 0 } },
};
