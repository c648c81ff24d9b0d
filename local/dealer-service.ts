/** What the demo's dealers keep; field names and units as in `openapi/examples/dealer-service-v1.yaml`. */
interface Customer {
  name: string;
  email: string;
  phone?: string | undefined;
}

type EnquiryStatus = 'new' | 'contacted' | 'booked' | 'closed';

interface Enquiry {
  enquiryId: string;
  dealerId: string;
  vehicleId: string;
  customer: Customer;
  message: string;
  status: EnquiryStatus;
  note?: string;
  bookingId?: string;
  createdAt: string;
  updatedAt: string;
}

type Fuel = 'petrol' | 'diesel' | 'hybrid' | 'electric';
type VehicleStatus = 'available' | 'booked' | 'sold';

interface Vehicle {
  vehicleId: string;
  dealerId: string;
  make: string;
  model: string;
  year: number;
  fuel: Fuel;
  price: number;
  status: VehicleStatus;
  bookingId?: string;
}

interface NewBooking {
  vehicleId: string;
  enquiryId?: string | undefined;
  kind: 'viewing' | 'test_drive' | 'collection';
  slot: string;
  customer: Customer;
}

interface Booking extends NewBooking {
  bookingId: string;
  dealerId: string;
  enquiryId: string;
  deposit: { amount: number; currency: 'GBP' };
  status: 'awaiting_payment' | 'paid';
}

interface NewPayment {
  bookingId: string;
  amount: number;
  currency: 'GBP' | 'EUR';
  method: 'card' | 'bank_transfer';
}

interface Payment extends NewPayment {
  paymentId: string;
  status: 'captured';
  paidAt: string;
}

interface EnquiryFilter {
  status?: EnquiryStatus | undefined;
  vehicleId?: string | undefined;
  limit: number;
}

interface VehicleFilter {
  dealerId?: string | undefined;
  make?: string | undefined;
  fuel?: Fuel | undefined;
  status?: VehicleStatus | undefined;
  maxPrice?: number | undefined;
  limit: number;
}

/** A refusal that the caller can act on; `status` is that of the HTTP answer. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: 404 | 409;

  constructor(status: 404 | 409, message: string) {
    super(message);
    this.status = status;
  }
}

const dealers = ['D-100', 'D-200'];

const vehicles = (): Vehicle[] => [
  {
    vehicleId: 'V-1001',
    dealerId: 'D-100',
    make: 'Volvo',
    model: 'V60',
    year: 2023,
    fuel: 'hybrid',
    price: 28900,
    status: 'available',
  },
  {
    vehicleId: 'V-1002',
    dealerId: 'D-100',
    make: 'Skoda',
    model: 'Enyaq',
    year: 2024,
    fuel: 'electric',
    price: 33450,
    status: 'available',
  },
  {
    vehicleId: 'V-1003',
    dealerId: 'D-100',
    make: 'Ford',
    model: 'Focus',
    year: 2019,
    fuel: 'petrol',
    price: 11200,
    status: 'sold',
  },
  {
    vehicleId: 'V-2001',
    dealerId: 'D-200',
    make: 'Volvo',
    model: 'XC40',
    year: 2022,
    fuel: 'electric',
    price: 29950,
    status: 'available',
  },
  {
    vehicleId: 'V-2002',
    dealerId: 'D-200',
    make: 'Toyota',
    model: 'Corolla',
    year: 2021,
    fuel: 'hybrid',
    price: 18750,
    status: 'available',
  },
  {
    vehicleId: 'V-2003',
    dealerId: 'D-200',
    make: 'Volkswagen',
    model: 'Transporter',
    year: 2020,
    fuel: 'diesel',
    price: 24300,
    status: 'available',
  },
];

const enquiries = (): Enquiry[] => [
  {
    enquiryId: 'E-5001',
    dealerId: 'D-100',
    vehicleId: 'V-1001',
    customer: { name: 'Amira Haddad', email: 'amira.haddad@example.com' },
    message: 'Is the estate still available? I could come on Saturday.',
    status: 'new',
    createdAt: '2026-11-18T09:12:00.000Z',
    updatedAt: '2026-11-18T09:12:00.000Z',
  },
  {
    enquiryId: 'E-5002',
    dealerId: 'D-100',
    vehicleId: 'V-1002',
    customer: { name: 'Tom Okafor', email: 'tom.okafor@example.com', phone: '+44 20 7946 0018' },
    message: 'What is the range in winter, and do you take part exchange?',
    status: 'contacted',
    note: 'Sent the range table.',
    createdAt: '2026-11-16T14:40:00.000Z',
    updatedAt: '2026-11-17T08:05:00.000Z',
  },
  {
    enquiryId: 'E-5003',
    dealerId: 'D-200',
    vehicleId: 'V-2003',
    customer: { name: 'Grace Lindqvist', email: 'grace.lindqvist@example.com' },
    message: 'Does the van have a tow bar?',
    status: 'new',
    createdAt: '2026-11-19T16:27:00.000Z',
    updatedAt: '2026-11-19T16:27:00.000Z',
  },
];

/** A group of dealers with data in memory, the same at every start. Throws `Refused` where the document says 404 or 409. */
export function dealerService() {
  const stock = vehicles();
  const inbox = enquiries();
  const bookings: Booking[] = [];
  const payments: Payment[] = [];

  const vehicle = (id: string) =>
    found(
      stock.find(({ vehicleId }) => vehicleId === id),
      'vehicle',
      id,
    );
  const enquiry = (id: string) =>
    found(
      inbox.find(({ enquiryId }) => enquiryId === id),
      'enquiry',
      id,
    );
  const booking = (id: string) =>
    found(
      bookings.find(({ bookingId }) => bookingId === id),
      'booking',
      id,
    );

  return {
    getDealerEnquiries(dealerId: string, { status, vehicleId, limit }: EnquiryFilter) {
      found(dealers.includes(dealerId) || undefined, 'dealer', dealerId);
      const matching = inbox
        .filter((entry) => entry.dealerId === dealerId)
        .filter((entry) => status === undefined || entry.status === status)
        .filter((entry) => vehicleId === undefined || entry.vehicleId === vehicleId)
        .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
      return { dealerId, total: matching.length, enquiries: matching.slice(0, limit) };
    },

    updateEnquiryStatus(
      enquiryId: string,
      change: { status: 'new' | 'contacted' | 'closed'; note?: string | undefined },
    ) {
      const changed = enquiry(enquiryId);
      if (changed.status === 'booked' && change.status !== 'closed') {
        throw new Refused(409, `Enquiry ${enquiryId} is booked and can only be closed.`);
      }
      changed.status = change.status;
      if (change.note !== undefined) changed.note = change.note;
      changed.updatedAt = new Date().toISOString();
      return changed;
    },

    getVehicleInventory({ dealerId, make, fuel, status, maxPrice = Number.POSITIVE_INFINITY, limit }: VehicleFilter) {
      const matching = stock
        .filter((entry) => (status === undefined ? entry.status !== 'sold' : entry.status === status))
        .filter((entry) => dealerId === undefined || entry.dealerId === dealerId)
        .filter((entry) => make === undefined || entry.make.toLowerCase() === make.toLowerCase())
        .filter((entry) => fuel === undefined || entry.fuel === fuel)
        .filter((entry) => entry.price <= maxPrice)
        .sort((a, b) => a.price - b.price);
      return { total: matching.length, vehicles: matching.slice(0, limit) };
    },

    createBooking(wanted: NewBooking): Booking {
      const reserved = vehicle(wanted.vehicleId);
      if (reserved.status !== 'available')
        throw new Refused(409, `Vehicle ${reserved.vehicleId} is ${reserved.status}.`);
      const known = wanted.enquiryId === undefined ? undefined : enquiry(wanted.enquiryId);
      if (known && (known.dealerId !== reserved.dealerId || known.status === 'booked')) {
        throw new Refused(409, `Enquiry ${known.enquiryId} is booked already, or is with another dealer.`);
      }
      const answered = known ?? recordEnquiry(reserved, wanted);
      const made: Booking = {
        ...wanted,
        bookingId: `B-${7001 + bookings.length}`,
        dealerId: reserved.dealerId,
        enquiryId: answered.enquiryId,
        deposit: { amount: 9900, currency: 'GBP' },
        status: 'awaiting_payment',
      };
      bookings.push(made);
      Object.assign(reserved, { status: 'booked', bookingId: made.bookingId });
      const updatedAt = new Date().toISOString();
      Object.assign(answered, {
        status: 'booked',
        bookingId: made.bookingId,
        vehicleId: reserved.vehicleId,
        updatedAt,
      });
      return made;
    },

    processPayment(offered: NewPayment): Payment {
      const owed = booking(offered.bookingId);
      if (owed.status === 'paid') throw new Refused(409, `Booking ${owed.bookingId} is paid already.`);
      const { amount, currency } = owed.deposit;
      if (offered.amount !== amount || offered.currency !== currency) {
        throw new Refused(409, `The deposit of booking ${owed.bookingId} is ${amount} ${currency}.`);
      }
      const paidAt = new Date().toISOString();
      const payment: Payment = { paymentId: `P-${9001 + payments.length}`, ...offered, status: 'captured', paidAt };
      payments.push(payment);
      owed.status = 'paid';
      return payment;
    },
  };

  function recordEnquiry({ dealerId, vehicleId }: Vehicle, { customer, kind }: NewBooking): Enquiry {
    const now = new Date().toISOString();
    const message = `Booked directly: ${kind.replace('_', ' ')}.`;
    const recorded: Enquiry = {
      enquiryId: `E-${5001 + inbox.length}`,
      dealerId,
      vehicleId,
      customer,
      message,
      status: 'new',
      createdAt: now,
      updatedAt: now,
    };
    inbox.push(recorded);
    return recorded;
  }
}

function found<T>(thing: T | undefined, kind: string, id: string): T {
  if (thing === undefined) throw new Refused(404, `There is no ${kind} ${id}.`);
  return thing;
}
