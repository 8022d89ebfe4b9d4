-- Corecraft's world. Every table has one text key, `id`. Times are UTC text
-- (2025-11-15T19:00:00Z), dates are company days (2025-11-15), money is integer cents.
-- Columns declared JSON hold canonical JSON text. REFERENCES are checked by the world store,
-- because a fork's delta tables cannot carry foreign keys into the image.
--
-- The fourteen entity types come first; records that belong to one of them follow.

CREATE TABLE loyalty_tiers (
  id TEXT PRIMARY KEY NOT NULL,               -- standard, silver, gold, platinum
  name TEXT NOT NULL,
  min_spend_cents INTEGER NOT NULL,           -- goods paid for in the trailing 12 months
  discount_percent INTEGER NOT NULL,
  return_window_days INTEGER NOT NULL,
  perks JSON NOT NULL,                        -- list of sentences
  terms TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE customers (
  id TEXT PRIMARY KEY NOT NULL,               -- cust-10001
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT,
  date_of_birth TEXT,
  account_type TEXT NOT NULL CHECK (account_type IN ('consumer', 'business', 'school')),
  company TEXT,
  loyalty_tier TEXT NOT NULL REFERENCES loyalty_tiers(id),
  addresses JSON NOT NULL,                    -- [{label, line1, line2, city, region, postal_code, country}]
  marketing_opt_in INTEGER NOT NULL CHECK (marketing_opt_in IN (0, 1)),
  note TEXT,
  created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX customers_by_name ON customers (name COLLATE NOCASE, id);
CREATE INDEX customers_by_email ON customers (email);
CREATE INDEX customers_by_phone ON customers (phone);

CREATE TABLE warranty_policies (
  id TEXT PRIMARY KEY NOT NULL,               -- war-gpu-vortexlabs
  title TEXT NOT NULL,
  category TEXT,                              -- null: every category
  brand TEXT,                                 -- null: every brand
  months INTEGER NOT NULL CHECK (months >= 0),
  covers JSON NOT NULL,                       -- list of sentences
  excludes JSON NOT NULL,
  remedy TEXT NOT NULL,
  claim_via TEXT NOT NULL CHECK (claim_via IN ('corecraft', 'manufacturer')),
  body TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE products (
  id TEXT PRIMARY KEY NOT NULL,               -- slug: vortexlabs-tempest-8800
  sku TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,                         -- Vortex Labs Tempest 8800
  brand TEXT NOT NULL,
  category TEXT NOT NULL CHECK (category IN ('cpu', 'motherboard', 'gpu', 'memory', 'storage', 'psu', 'case',
    'cooling', 'prebuilt', 'workstation', 'monitor', 'keyboard', 'mouse', 'headset', 'networking', 'accessory', 'bundle')),
  price_cents INTEGER NOT NULL CHECK (price_cents > 0),
  status TEXT NOT NULL CHECK (status IN ('active', 'clearance', 'discontinued')),
  specs JSON NOT NULL,
  components JSON NOT NULL,                   -- prebuilts, workstations, bundles: [{product_id, quantity}]; else []
  warranty_policy_id TEXT NOT NULL REFERENCES warranty_policies(id),
  description TEXT NOT NULL,
  released_on TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX products_by_category ON products (category, name, id);
CREATE INDEX products_by_brand ON products (brand, name, id);
CREATE INDEX products_by_name ON products (name, id);

CREATE TABLE inventory_levels (
  id TEXT PRIMARY KEY NOT NULL,               -- inv-vortexlabs-tempest-8800-cmh
  product_id TEXT NOT NULL REFERENCES products(id),
  location TEXT NOT NULL CHECK (location IN ('cmh', 'rno')),  -- Columbus OH, Reno NV
  on_hand INTEGER NOT NULL CHECK (on_hand >= 0),
  reserved INTEGER NOT NULL CHECK (reserved >= 0),
  backorderable INTEGER NOT NULL CHECK (backorderable IN (0, 1)),
  restock_on TEXT,
  restock_quantity INTEGER
) WITHOUT ROWID;
CREATE INDEX inventory_by_product ON inventory_levels (product_id, location);

CREATE TABLE compatibility_rules (
  id TEXT PRIMARY KEY NOT NULL,               -- rule-cpu-socket
  name TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('error', 'warning')),
  categories JSON NOT NULL,
  statement TEXT NOT NULL,                    -- the rule in plain words
  fix TEXT NOT NULL                           -- what usually solves a violation
) WITHOUT ROWID;

CREATE TABLE builds (
  id TEXT PRIMARY KEY NOT NULL,               -- build-250914-003
  name TEXT NOT NULL,
  owner_type TEXT NOT NULL CHECK (owner_type IN ('customer', 'internal')),
  customer_id TEXT REFERENCES customers(id),
  components JSON NOT NULL,                   -- [{product_id, quantity}]
  note TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX builds_by_customer ON builds (customer_id, name, id);
CREATE INDEX builds_by_name ON builds (name, id);

CREATE TABLE promotions (
  id TEXT PRIMARY KEY NOT NULL,               -- promo-autumn-storage
  code TEXT NOT NULL UNIQUE,                  -- AUTUMNSSD
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('percent', 'fixed', 'free_shipping')),
  percent INTEGER,                            -- kind percent
  amount_cents INTEGER,                       -- kind fixed
  cap_cents INTEGER,                          -- most that a percent code takes off
  min_order_cents INTEGER NOT NULL,           -- eligible goods before any discount
  categories JSON NOT NULL,                   -- [] means every category
  brands JSON NOT NULL,                       -- [] means every brand
  product_ids JSON NOT NULL,                  -- [] means every product
  tiers JSON NOT NULL,                        -- [] means every tier
  starts_on TEXT NOT NULL,
  ends_on TEXT NOT NULL,                      -- the last day is inside
  stacks_with_loyalty INTEGER NOT NULL CHECK (stacks_with_loyalty IN (0, 1)),
  terms TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE orders (
  id TEXT PRIMARY KEY NOT NULL,               -- ord-251103-014
  customer_id TEXT NOT NULL REFERENCES customers(id),
  status TEXT NOT NULL CHECK (status IN ('pending', 'paid', 'on_hold', 'backorder', 'fulfilled', 'refund_requested',
    'partially_refunded', 'refunded', 'cancelled')),
  channel TEXT NOT NULL CHECK (channel IN ('web', 'app', 'phone', 'quote')),
  subtotal_cents INTEGER NOT NULL CHECK (subtotal_cents >= 0),
  discount_cents INTEGER NOT NULL CHECK (discount_cents >= 0),
  discount_label TEXT,                        -- 'gold 8%', 'AUTUMNSSD', null
  promo_code TEXT REFERENCES promotions(code),
  shipping_cents INTEGER NOT NULL CHECK (shipping_cents >= 0),
  total_cents INTEGER NOT NULL CHECK (total_cents = subtotal_cents - discount_cents + shipping_cents),
  shipping_service TEXT NOT NULL CHECK (shipping_service IN ('standard', 'express', 'overnight')),
  ship_to JSON NOT NULL,                      -- an address, as on the customer
  build_id TEXT REFERENCES builds(id),
  note TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX orders_by_customer ON orders (customer_id, created_at DESC, id);
CREATE INDEX orders_by_time ON orders (created_at DESC, id);
CREATE INDEX orders_by_status ON orders (status, created_at DESC, id);

CREATE TABLE shipments (
  id TEXT PRIMARY KEY NOT NULL,               -- ship-251104-009
  order_id TEXT NOT NULL REFERENCES orders(id),
  carrier TEXT NOT NULL CHECK (carrier IN ('ups', 'fedex', 'usps', 'dhl')),
  service TEXT NOT NULL CHECK (service IN ('standard', 'express', 'overnight')),
  tracking_number TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('label_created', 'in_transit', 'out_for_delivery', 'delivered', 'exception', 'lost', 'returned_to_sender')),
  contents JSON NOT NULL,                     -- [{product_id, quantity}]
  events JSON NOT NULL,                       -- [{at, location, status, detail}], oldest first
  eta TEXT,                                   -- company day promised
  delivered_at TEXT,
  created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX shipments_by_order ON shipments (order_id, created_at DESC, id);
CREATE INDEX shipments_by_tracking ON shipments (tracking_number);
CREATE INDEX shipments_by_time ON shipments (created_at DESC, id);

CREATE TABLE tickets (
  id TEXT PRIMARY KEY NOT NULL,               -- tick-251110-021
  customer_id TEXT NOT NULL REFERENCES customers(id),
  order_id TEXT REFERENCES orders(id),
  build_id TEXT REFERENCES builds(id),
  ticket_type TEXT NOT NULL CHECK (ticket_type IN ('return', 'warranty', 'troubleshooting', 'recommendation', 'order_issue',
    'shipping', 'billing', 'account', 'other')),
  channel TEXT NOT NULL CHECK (channel IN ('web', 'email', 'phone', 'chat')),
  priority TEXT NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  status TEXT NOT NULL CHECK (status IN ('new', 'open', 'pending_customer', 'resolved', 'closed')),
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  assigned_employee_id TEXT REFERENCES employees(id),
  resolution_id TEXT REFERENCES resolutions(id),
  first_response_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX tickets_by_customer ON tickets (customer_id, created_at DESC, id);
CREATE INDEX tickets_by_order ON tickets (order_id);
CREATE INDEX tickets_by_time ON tickets (created_at DESC, id);
CREATE INDEX tickets_by_status ON tickets (status, created_at DESC, id);

CREATE TABLE slas (
  id TEXT PRIMARY KEY NOT NULL,               -- sla-first-response
  title TEXT NOT NULL,
  metric TEXT NOT NULL,                       -- first_response, delivery, resolution ...
  targets JSON NOT NULL,                      -- {"urgent": {"hours": 2}, ...}
  remedy TEXT NOT NULL,                       -- what a miss entitles to
  body TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE kb_articles (
  id TEXT PRIMARY KEY NOT NULL,               -- kb-0143
  title TEXT NOT NULL,
  body TEXT NOT NULL,                         -- markdown
  tags JSON NOT NULL,
  product_ids JSON NOT NULL,                  -- [] means general
  audience TEXT NOT NULL CHECK (audience IN ('public', 'internal')),
  status TEXT NOT NULL CHECK (status IN ('current', 'deprecated')),
  superseded_by TEXT REFERENCES kb_articles(id),
  version TEXT NOT NULL,
  author_id TEXT REFERENCES employees(id),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX kb_by_title ON kb_articles (title, id);

CREATE TABLE company_policies (
  id TEXT PRIMARY KEY NOT NULL,               -- pol-returns-window
  policy_type TEXT NOT NULL CHECK (policy_type IN ('return', 'refund', 'cancellation', 'warranty', 'shipping', 'pricing',
    'loyalty', 'privacy', 'escalation', 'tickets', 'conduct', 'fraud', 'business')),
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  effective_from TEXT NOT NULL,
  effective_to TEXT,                          -- null: in force; the last day is inside
  superseded_by TEXT REFERENCES company_policies(id),
  owner_id TEXT REFERENCES employees(id)
) WITHOUT ROWID;
CREATE INDEX policies_by_type ON company_policies (policy_type, id);

-- Records that belong to an entity.

CREATE TABLE employees (
  id TEXT PRIMARY KEY NOT NULL,               -- emp-dana-kessler
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  department TEXT NOT NULL CHECK (department IN ('support', 'returns', 'fulfilment', 'finance', 'technical_bench',
    'fraud', 'product', 'privacy', 'it', 'people', 'sales')),
  title TEXT NOT NULL,
  manager_id TEXT REFERENCES employees(id),
  permissions JSON NOT NULL,                  -- of: approve_refund, edit_order, cancel_order, override_policy, edit_kb, view_pii
  support_role TEXT CHECK (support_role IN ('frontline', 'specialist', 'lead', 'manager'))
) WITHOUT ROWID;

CREATE TABLE order_lines (
  id TEXT PRIMARY KEY NOT NULL,               -- ord-251103-014/1
  order_id TEXT NOT NULL REFERENCES orders(id),
  product_id TEXT NOT NULL REFERENCES products(id),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  unit_price_cents INTEGER NOT NULL CHECK (unit_price_cents > 0)  -- list price on the day, before discounts
) WITHOUT ROWID;
CREATE INDEX lines_by_order ON order_lines (order_id, id);
CREATE INDEX lines_by_product ON order_lines (product_id, order_id);

CREATE TABLE payments (
  id TEXT PRIMARY KEY NOT NULL,               -- pay-251103-014
  order_id TEXT NOT NULL REFERENCES orders(id),
  customer_id TEXT NOT NULL REFERENCES customers(id),
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
  method TEXT NOT NULL CHECK (method IN ('card', 'paypal', 'apple_pay', 'google_pay', 'bank_transfer')),
  status TEXT NOT NULL CHECK (status IN ('pending', 'authorized', 'captured', 'failed', 'voided', 'partially_refunded', 'refunded', 'disputed')),
  transaction_id TEXT,
  failure_reason TEXT,
  created_at TEXT NOT NULL,
  captured_at TEXT
) WITHOUT ROWID;
CREATE INDEX payments_by_order ON payments (order_id, created_at DESC, id);
CREATE INDEX payments_by_customer ON payments (customer_id, created_at DESC, id);
CREATE INDEX payments_by_time ON payments (created_at DESC, id);

CREATE TABLE refunds (
  id TEXT PRIMARY KEY NOT NULL,               -- ref-251112-002
  payment_id TEXT NOT NULL REFERENCES payments(id),
  order_id TEXT NOT NULL REFERENCES orders(id),
  return_id TEXT REFERENCES returns(id),
  ticket_id TEXT REFERENCES tickets(id),
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
  reason TEXT NOT NULL CHECK (reason IN ('customer_remorse', 'defective', 'incompatible', 'damaged_in_transit', 'wrong_item', 'lost_in_transit',
    'duplicate_charge', 'shipping_fee', 'price_adjustment', 'order_cancelled', 'other')),
  status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'processed', 'denied', 'failed')),
  note TEXT,
  created_at TEXT NOT NULL,
  processed_at TEXT
) WITHOUT ROWID;
CREATE INDEX refunds_by_payment ON refunds (payment_id, created_at DESC, id);
CREATE INDEX refunds_by_order ON refunds (order_id, created_at DESC, id);
CREATE INDEX refunds_by_time ON refunds (created_at DESC, id);

CREATE TABLE returns (
  id TEXT PRIMARY KEY NOT NULL,               -- rma-251112-001
  order_id TEXT NOT NULL REFERENCES orders(id),
  ticket_id TEXT REFERENCES tickets(id),
  items JSON NOT NULL,                        -- [{product_id, quantity, condition}]
  reason TEXT NOT NULL CHECK (reason IN ('customer_remorse', 'defective', 'incompatible', 'damaged_in_transit', 'wrong_item', 'other')),
  disposition TEXT NOT NULL CHECK (disposition IN ('refund', 'replacement', 'store_credit')),
  credit_cents INTEGER NOT NULL CHECK (credit_cents >= 0),   -- store credit granted
  status TEXT NOT NULL CHECK (status IN ('label_sent', 'received', 'closed')),
  created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX returns_by_order ON returns (order_id, created_at DESC, id);

CREATE TABLE escalations (
  id TEXT PRIMARY KEY NOT NULL,               -- esc-251112-001
  ticket_id TEXT NOT NULL REFERENCES tickets(id),
  escalation_type TEXT NOT NULL CHECK (escalation_type IN ('technical', 'policy_exception', 'refund_approval', 'address_change',
    'carrier_claim', 'fraud_review', 'privacy_request', 'product_safety')),
  destination TEXT NOT NULL CHECK (destination IN ('support_lead', 'returns', 'fulfilment', 'finance', 'technical_bench', 'fraud',
    'product', 'privacy')),
  notes TEXT NOT NULL,
  created_at TEXT NOT NULL,
  resolved_at TEXT
) WITHOUT ROWID;
CREATE INDEX escalations_by_ticket ON escalations (ticket_id, created_at DESC, id);

CREATE TABLE resolutions (
  id TEXT PRIMARY KEY NOT NULL,               -- res-251112-001
  ticket_id TEXT NOT NULL REFERENCES tickets(id),
  outcome TEXT NOT NULL CHECK (outcome IN ('refund_issued', 'replacement_sent', 'store_credit_issued', 'recommendation_provided',
    'troubleshooting_steps', 'order_updated', 'information_provided', 'request_denied', 'no_action')),
  details TEXT NOT NULL,
  linked_refund_id TEXT REFERENCES refunds(id),
  resolved_by_id TEXT REFERENCES employees(id),
  created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX resolutions_by_ticket ON resolutions (ticket_id, created_at DESC, id);
