import { z } from 'zod';
import { faultOf, readParts } from '../collection/read-parts.js';
import { askPowerShell, SCRIPT_START } from '../machine/powershell.js';
import type { SystemProbe } from '../machine/system-probe.js';

/**
 * The newest stability index, and how many events of a kind there were in seven days. Of Kernel-Power 41 the first
 * property is the code of the blue screen, zero when there was none. WHEA-Logger 17, 19 and 47 are errors that were
 * corrected on the way: they count as hardware errors like the fatal 1, 18, 20 and 46.
 */
const SCRIPT = `${SCRIPT_START}
$since = (Get-Date).AddDays(-7)
function Count($log, $provider, $ids) { @(Get-WinEvent -FilterHashtable @{ LogName = $log; ProviderName = $provider; Id = $ids; StartTime = $since }).Count }
$readable = [bool](Get-WinEvent -LogName System -MaxEvents 1)
$index = Get-CimInstance Win32_ReliabilityStabilityMetrics | Sort-Object TimeGenerated -Descending | Select-Object -First 1
$power = @(Get-WinEvent -FilterHashtable @{ LogName = 'System'; ProviderName = 'Microsoft-Windows-Kernel-Power'; Id = 41; StartTime = $since } | ForEach-Object { [long]$_.Properties[0].Value })
$reboot = (Test-Path 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending') -or (Test-Path 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired')
ConvertTo-Json -Compress -Depth 4 @{
  readable = $readable
  stability_index = $(if ($index) { [double]$index.SystemStabilityIndex } else { $null })
  kernel_power_41 = $power
  event_log_6008 = Count 'System' 'EventLog' 6008
  bugcheck_1001 = Count 'System' 'Microsoft-Windows-WER-SystemErrorReporting' 1001
  whea = Count 'System' 'Microsoft-Windows-WHEA-Logger' @(1, 17, 18, 19, 20, 46, 47)
  disk = Count 'System' 'disk' @(7, 51)
  application_error_1000 = Count 'Application' 'Application Error' 1000
  application_hang_1002 = Count 'Application' 'Application Hang' 1002
  reboot_required = $reboot
}`;

const count = z.number().int().min(0);
const Answer = z.object({
  readable: z.boolean(),
  stability_index: z.number().nullable(),
  kernel_power_41: z.array(z.number()),
  event_log_6008: count,
  bugcheck_1001: count,
  whea: count,
  disk: count,
  application_error_1000: count,
  application_hang_1002: count,
  reboot_required: z.boolean(),
});
type Answer = z.infer<typeof Answer>;

class EventLogDeniedError extends Error {
  readonly code = 'EACCES';
}

/** One blue screen leaves up to three events: it is one crash, and no unexpected shutdown beside it. */
function crashesOf({ kernel_power_41: power, event_log_6008: unexpected, bugcheck_1001: reported }: Answer) {
  const blueScreens = Math.max(reported, power.filter((code) => code !== 0).length);
  const abruptEnds = Math.max(power.length, unexpected);
  return { bugchecks_7d: blueScreens, unexpected_shutdowns_7d: Math.max(0, abruptEnds - blueScreens) };
}

export async function readWindowsStability(machine: SystemProbe, limitMs: number) {
  const { values, faults } = await readParts({ powershell: () => askPowerShell(machine, SCRIPT, Answer) }, limitMs);
  const answer = values.powershell;
  if (answer && !answer.readable) {
    faults.push(faultOf('events', new EventLogDeniedError('the event log may not be read')));
  }
  const events = answer?.readable ? answer : undefined;
  const data = {
    // Zero is what Windows says that has not yet measured.
    stability_index: answer?.stability_index || null,
    bugchecks_7d: null,
    unexpected_shutdowns_7d: null,
    ...(events && crashesOf(events)),
    crashes_7d: events ? events.application_error_1000 + events.application_hang_1002 : null,
    hardware_errors_7d: events?.whea ?? null,
    disk_errors_7d: events?.disk ?? null,
    reboot_required: answer?.reboot_required ?? null,
  };
  return { data, faults };
}
