import { bareMachine } from '../../test/machines/bare-machine.js';
import { uevent } from '../../test/machines/laptops.js';
import { readBatteries } from './power-supply.js';

const folder = '/sys/class/power_supply';
const charge = `POWER_SUPPLY_TYPE=Battery
POWER_SUPPLY_STATUS=Charging
POWER_SUPPLY_VOLTAGE_NOW=12600000
POWER_SUPPLY_CHARGE_FULL_DESIGN=4400000
POWER_SUPPLY_CHARGE_FULL=3300000
POWER_SUPPLY_CHARGE_NOW=1650000
`;

const read = (files: Record<string, string>) => readBatteries(bareMachine({ files }));

it('reads the designed capacity that the firmware tells, not one mixed with the full one bit by bit', async () => {
  expect(await read({ [`${folder}/BAT0/uevent`]: uevent })).toEqual([
    {
      hasBattery: true,
      cycleCount: 312,
      isCharging: false,
      voltage: 11.4,
      designedCapacity: 50010,
      maxCapacity: 41200,
      currentCapacity: 30000,
      capacityUnit: 'mWh',
      percent: 73,
      timeRemaining: 180,
      acConnected: false,
      type: 'Li-poly',
      model: '5B10W139',
      manufacturer: 'SMP',
      serial: '1234',
    },
  ]);
});

it('keeps charge as charge, computes a missing percentage, and calls what is missing unknown', async () => {
  expect(await read({ [`${folder}/BAT1/uevent`]: charge })).toMatchObject([
    {
      designedCapacity: 4400,
      maxCapacity: 3300,
      capacityUnit: 'mAh',
      percent: 50,
      cycleCount: null,
      timeRemaining: null,
      isCharging: true,
      acConnected: true,
    },
  ]);
});

it('has no capacity for a battery whose firmware says zero', async () => {
  const zeros = uevent.replace(/(ENERGY_\w+|CYCLE_COUNT)=\d+/g, '$1=0');
  expect(await read({ [`${folder}/BAT0/uevent`]: zeros })).toMatchObject([
    { designedCapacity: null, maxCapacity: null, capacityUnit: null, cycleCount: null, percent: 73 },
  ]);
});

it('knows the charger from the battery, and both batteries of a laptop with two', async () => {
  const files = {
    [`${folder}/ADP1/uevent`]: 'POWER_SUPPLY_TYPE=Mains\nPOWER_SUPPLY_ONLINE=1\n',
    [`${folder}/BAT0/uevent`]: uevent,
    [`${folder}/BAT1/uevent`]: charge,
  };
  expect(await read(files)).toMatchObject([{ acConnected: true }, { acConnected: true }]);
});

it.each([
  ['of a mouse', { [`${folder}/hidpp_battery_0/uevent`]: uevent, [`${folder}/hidpp_battery_0/scope`]: 'Device\n' }],
  ['of a mouse, said in uevent', { [`${folder}/hid-0/uevent`]: `${uevent}POWER_SUPPLY_SCOPE=Device\n` }],
  ['that was taken out', { [`${folder}/BAT0/uevent`]: uevent.replace('PRESENT=1', 'PRESENT=0') }],
  ['that may not be read', { [`${folder}/BAT0/uevent`]: 'DENIED' }],
  ['at all', {}],
])('takes no battery %s for one of this machine', async (_, files) => {
  expect(await read(files)).toEqual([]);
});
