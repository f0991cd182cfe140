import type { SubsystemSeed } from './subsystem-seed.js'

/** Front-end access: what customers touch. */
export const frontEndSeed: readonly SubsystemSeed[] = [
  {
    code: 'GWY',
    name: 'Channel gateway',
    purpose:
      'The one entrance for phones, browsers, mini-programs and open APIs: finds the legal entity and the unit, checks signatures, limits traffic, routes new versions to some users first, and combines calls.',
    entities: {
      master: 'channel clientApp apiDefinition route errorCode',
      agreement: 'apiGrant',
      transaction: 'orchestratedRequest',
      case: 'apiOnboarding',
      parameter: 'throttleRule grayRule signaturePolicy menuLayout',
      batch: 'routeRefresh',
      ledger: 'accessLog',
      decision: 'routeDecision signatureCheck',
    },
    callers: 'IAM MKT LIF MAL CMY',
    subscribers: 'RSK RCN',
  },
  {
    code: 'IAM',
    name: 'Identity and access',
    purpose:
      'Who is calling and what they may do: logins, devices, sessions, stronger checks when needed, certificates, operators with roles, and mandates given to others.',
    entities: {
      master: 'loginUser device operator role',
      agreement: 'authSession certificate mandate',
      transaction: 'authChallenge signatureRequest',
      case: 'accessRequest identityAppeal',
      parameter: 'passwordPolicy authStrengthPolicy',
      batch: 'entitlementRecert',
      ledger: 'loginLog auditTrail',
      decision: 'authDecision deviceScore',
    },
    callers: 'GWY MKT CIF PAY RSK',
    subscribers: 'RSK NTF',
  },
  {
    code: 'MKT',
    name: 'Marketing and flash sales',
    purpose: 'Campaigns, coupons and points, and sales of scarce stock to many buyers in the same second.',
    entities: {
      master: 'campaign activitySku couponTemplate audience',
      agreement: 'coupon pointsAccount',
      transaction: 'flashSaleOrder stockReservation pointsTransaction',
      case: 'campaignApproval',
      parameter: 'campaignRule purchaseLimitRule',
      batch: 'stockPreload couponIssueRun',
      ledger: 'exposureLog',
      decision: 'eligibilityCheck recommendation',
    },
    callers: 'GWY LIF MAL WLT',
    subscribers: 'WLT NTF RCN',
  },
  {
    code: 'LIF',
    name: 'Living services',
    purpose:
      'Water, power, phone and other bills: billers, households bound to them, bills looked up and paid, top-ups, and payment by standing consent.',
    entities: {
      master: 'biller billerItem household',
      agreement: 'autoPayContract prepaidBinding',
      transaction: 'billPayment topUpOrder billRefund',
      case: 'billDispute',
      parameter: 'billerFeeRule billerCalendar',
      batch: 'billerFileImport autoDebitRun',
      ledger: 'billRecord',
      decision: 'billInquiry',
    },
    callers: 'GWY CMY',
    subscribers: 'PAY NTF RCN',
  },
  {
    code: 'MAL',
    name: 'Mall',
    purpose:
      'Merchants with their goods, orders, refunds and shipments, and the settlement with the merchants.',
    entities: {
      master: 'merchant shop goods goodsCategory deliveryAddress',
      agreement: 'merchantContract',
      transaction: 'mallOrder refundOrder shipment',
      case: 'merchantOnboarding afterSaleCase',
      parameter: 'goodsPrice freightRule commissionRule',
      batch: 'merchantSettlementRun',
      ledger: 'stockMovement',
      decision: 'cartPricing',
    },
    callers: 'GWY MKT',
    subscribers: 'PAY NTF RCN',
  },
  {
    code: 'CMY',
    name: 'Community',
    purpose:
      'Residential communities and village service stations: residents, property and parking fees, repairs, and buying together.',
    entities: {
      master: 'community residentProfile serviceStation propertyCompany',
      agreement: 'membership parkingContract',
      transaction: 'propertyFeePayment parkingPayment groupPurchase',
      case: 'repairRequest residentVerification',
      parameter: 'feeStandard noticeRule',
      batch: 'propertyBillImport',
      ledger: 'communityPost',
      decision: 'residentEligibility',
    },
    callers: 'GWY LIF',
    subscribers: 'NTF RCN',
  },
]
