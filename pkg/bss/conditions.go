package bss

import "errors"

// Conditions that callers act upon. Match them with errors.Is. The codes of each
// are listed with it; a code has one condition.
var (
	// ErrNotOnSite: the site of the client does not have the operation.
	ErrNotOnSite = errors.New("the site does not have the operation")
	// ErrInvalid: the API refused a parameter or a value. CBC.0100, CBC.0101, CBC.5017,
	// CBC.80021021, CBC.99000031, CBC.99000036, CBC.99000099, CBC.99000100, CBC.30010069,
	// CBC.30050008, CBC.30050012, CBC.99000092, CBC.99006050, CBC.99006055, CBC.99006073,
	// CBC.99006074.
	ErrInvalid = errors.New("invalid parameter")
	// ErrAccessDenied: the credential may not call the operation, or not for this customer.
	// CBC.0150, CBC.0151, CBC.0155, CBC.0156, CBC.18000016, CBC.5001, CBC.5004, CBC.50010059,
	// CBC.50010065, CBC.50010085, CBC.50010086, CBC.70300008, CBC.70300009, CBC.99000000,
	// CBC.99000037, CBC.99005001, CBC.99005035, CBC.99007297, APIG.0302, APIG.0304, APIG.0306,
	// APIG.0310, APIG.0401, APIG.0402, APIG.0404, APIG.0802.
	ErrAccessDenied = errors.New("access denied")
	// ErrNotFound: the order, customer, quota, resource or product does not exist for the caller.
	// CBC.5002, CBC.7001, CBC.30000010, CBC.30000067, CBC.30050009, CBC.50000054, CBC.50000055,
	// CBC.99000035, CBC.99000047, CBC.99003012, CBC.99003016, CBC.99006006, CBC.99007001.
	ErrNotFound = errors.New("not found")
	// ErrAssociationType: the customer buys in a way that rules the operation out, such as on its
	// own account. CBC.5021, CBC.99000014, CBC.99000045, CBC.99000049, CBC.99000084, CBC.99005021,
	// CBC.99005024.
	ErrAssociationType = errors.New("the customer's association type rules it out")
	// ErrThrottled: the quota is used up, also after waiting; also every HTTP 429. CBC.0250,
	// APIG.0308, APIGW.0308.
	ErrThrottled = errors.New("throttled")
	// ErrTryLater: something else is under way, or a system behind the API failed: the same call
	// can succeed in minutes. CBC.3002, CBC.30050011, CBC.99000043, CBC.99000087, CBC.99003144,
	// CBC.99003623, CBC.99003651, CBC.99006016, CBC.99006017, CBC.99006024, CBC.99006066,
	// CBC.99007197, CBC.99007260, CBC.99007262, CBC.99007461, CBC.99008040.
	ErrTryLater = errors.New("not at this moment")
	// ErrLimit: as many as are allowed have been registered, sent, tried or paid, some of them for
	// today. CBC.99000030, CBC.99000082, CBC.99004015, CBC.99007189, CBC.99007191, CBC.99008056.
	ErrLimit = errors.New("a limit on how often is reached")
	// ErrCredential: the gateway did not accept the signature or the token; also every HTTP 401.
	// CBC.0105, CBC.0154, APIG.0301, APIG.0303, APIG.0305, APIG.0307, APIG.0311.
	ErrCredential = errors.New("credential not accepted")
	// ErrUnavailable: the API or the way to it failed; also every HTTP 5xx without another
	// condition. APIG.0103, APIG.0104, APIG.0105, APIG.0609, APIG.0611, APIG.0612, APIG.0705.
	ErrUnavailable = errors.New("unavailable")
	// ErrOutcomeUnknown: a write may or may not have happened. Ask before acting.
	ErrOutcomeUnknown = errors.New("outcome unknown")
	// ErrDuplicate: it exists or was done already: the login name, the mobile number, the
	// platform's account id, the transaction, the real-name authentication. CBC.99000029,
	// CBC.99000038, CBC.99000039, CBC.99007009, CBC.99007188.
	ErrDuplicate = errors.New("exists already")
	// ErrReserved: Huawei Cloud has the mobile number or e-mail address reserved. CBC.99000051.
	ErrReserved = errors.New("reserved by Huawei Cloud")
	// ErrAssociationPending: the customer exists, its association is under way. CBC.99000050.
	ErrAssociationPending = errors.New("association pending")
	// ErrAssociationFailed: the customer could not authorise the partner. CBC.99000004.
	ErrAssociationFailed = errors.New("association failed")
	// ErrVerificationCode: the code is wrong, expired, used up, or could not be sent.
	// CBC.99000026, CBC.99000027, CBC.99004003, CBC.99004008, CBC.99004009, CBC.99004010.
	ErrVerificationCode = errors.New("verification code not accepted")
	// ErrRealName: the real-name authentication was refused. CBC.8215, CBC.70600026, CBC.70600032,
	// CBC.99005030, CBC.99007193, CBC.99007202, CBC.99007219, CBC.99007253, CBC.99007255,
	// CBC.99007256, CBC.99007257, CBC.99007258, CBC.99007259, CBC.99007261, CBC.99007265,
	// CBC.99007267.
	ErrRealName = errors.New("real-name authentication refused")
	// ErrInsufficientBalance: the account that pays has too little. CBC.5003, CBC.7181,
	// CBC.99003155, CBC.99003198, CBC.99005003, CBC.99007181.
	ErrInsufficientBalance = errors.New("insufficient balance")
	// ErrOrderChanged: the order is no longer payable, or not in this way. CBC.99000089,
	// CBC.99003106, CBC.99005010.
	ErrOrderChanged = errors.New("order changed")
	// ErrOrderExpired: the deadline or the effective time of the order has passed. CBC.99003110,
	// CBC.99003162.
	ErrOrderExpired = errors.New("order expired")
	// ErrPaymentInProgress: the order is being paid already. CBC.99000088.
	ErrPaymentInProgress = errors.New("payment in progress")
	// ErrUnpaidOrder: an order of the resource waits for its payment; after CBC.30050006 the one
	// that was just placed. CBC.30050006, CBC.30050010, CBC.99003100.
	ErrUnpaidOrder = errors.New("an order waits for its payment")
	// ErrCoupon: the coupon or discount cannot be used for the order, or is used up. CBC.99000048,
	// CBC.99003108, CBC.99003112, CBC.99003116, CBC.99003117, CBC.99003147, CBC.99003156.
	ErrCoupon = errors.New("coupon or discount not usable")
	// ErrQuota: the coupon quota is missing, expired or too small, or its limits exclude the
	// coupon or the customer. CBC.50000010, CBC.50000020, CBC.50000021, CBC.50000034,
	// CBC.99000012, CBC.99000013, CBC.99000017, CBC.99000018, CBC.99000019, CBC.99000020,
	// CBC.99000021, CBC.99000022, CBC.99000023, CBC.99000024, CBC.99000025.
	ErrQuota = errors.New("coupon quota not usable")
	// ErrCapacity: resources for the order are short. CBC.99003141.
	ErrCapacity = errors.New("cloud capacity or quota short")
	// ErrFrozen: the account or the resource is frozen or has expired. CBC.3016, CBC.8214,
	// CBC.99003602, CBC.99003610, CBC.99003624, CBC.99003625, CBC.99003626, CBC.99003656,
	// CBC.99007281.
	ErrFrozen = errors.New("frozen or expired")
	// ErrNotSupported: what the order, the resource or the member is rules the operation out.
	// CBC.3006, CBC.3185, CBC.7004, CBC.30000053, CBC.30010036, CBC.30050007, CBC.30050013,
	// CBC.99000083, CBC.99000086, CBC.99003128, CBC.99003154, CBC.99003185, CBC.99003605,
	// CBC.99003608, CBC.99003609, CBC.99003611, CBC.99003622, CBC.99003634, CBC.99003643,
	// CBC.99003647, CBC.99003649, CBC.99003650, CBC.99003652, CBC.99003654, CBC.99005026,
	// CBC.99007004.
	ErrNotSupported = errors.New("not supported for this order or resource")
)

// conditions maps the API's codes to what callers do about them. The codes are
// listed at https://support.huaweicloud.com/api-bpconsole/zh-cn_topic_0081766005.html
// and on the pages of the operations.
var conditions = map[string]error{
	"CBC.0100": ErrInvalid, "CBC.0101": ErrInvalid, "CBC.5017": ErrInvalid, "CBC.80021021": ErrInvalid,
	"CBC.99000031": ErrInvalid, "CBC.99000036": ErrInvalid, "CBC.99000099": ErrInvalid, "CBC.99000100": ErrInvalid,
	"CBC.30010069": ErrInvalid, "CBC.30050008": ErrInvalid, "CBC.30050012": ErrInvalid, "CBC.99000092": ErrInvalid,
	"CBC.99006050": ErrInvalid, "CBC.99006055": ErrInvalid, "CBC.99006073": ErrInvalid, "CBC.99006074": ErrInvalid,
	"CBC.0150": ErrAccessDenied, "CBC.0151": ErrAccessDenied, "CBC.0155": ErrAccessDenied, "CBC.0156": ErrAccessDenied,
	"CBC.18000016": ErrAccessDenied, "CBC.5001": ErrAccessDenied, "CBC.5004": ErrAccessDenied,
	"CBC.50010059": ErrAccessDenied, "CBC.50010065": ErrAccessDenied, "CBC.50010085": ErrAccessDenied,
	"CBC.50010086": ErrAccessDenied, "CBC.70300008": ErrAccessDenied, "CBC.70300009": ErrAccessDenied,
	"CBC.99000000": ErrAccessDenied, "CBC.99000037": ErrAccessDenied, "CBC.99005001": ErrAccessDenied,
	"CBC.99005035": ErrAccessDenied, "CBC.99007297": ErrAccessDenied, "APIG.0302": ErrAccessDenied,
	"APIG.0304": ErrAccessDenied, "APIG.0306": ErrAccessDenied, "APIG.0310": ErrAccessDenied, "APIG.0401": ErrAccessDenied,
	"APIG.0402": ErrAccessDenied, "APIG.0404": ErrAccessDenied, "APIG.0802": ErrAccessDenied,
	"CBC.5002": ErrNotFound, "CBC.7001": ErrNotFound, "CBC.30000010": ErrNotFound, "CBC.30000067": ErrNotFound,
	"CBC.30050009": ErrNotFound, "CBC.50000054": ErrNotFound, "CBC.50000055": ErrNotFound, "CBC.99000035": ErrNotFound,
	"CBC.99000047": ErrNotFound, "CBC.99003012": ErrNotFound, "CBC.99003016": ErrNotFound, "CBC.99006006": ErrNotFound,
	"CBC.99007001": ErrNotFound,
	"CBC.5021":     ErrAssociationType, "CBC.99000014": ErrAssociationType, "CBC.99000045": ErrAssociationType,
	"CBC.99000049": ErrAssociationType, "CBC.99000084": ErrAssociationType, "CBC.99005021": ErrAssociationType,
	"CBC.99005024": ErrAssociationType,
	"CBC.0250":     ErrThrottled, "APIG.0308": ErrThrottled, "APIGW.0308": ErrThrottled,
	"CBC.3002": ErrTryLater, "CBC.30050011": ErrTryLater, "CBC.99000043": ErrTryLater, "CBC.99000087": ErrTryLater,
	"CBC.99003144": ErrTryLater, "CBC.99003623": ErrTryLater, "CBC.99003651": ErrTryLater, "CBC.99006016": ErrTryLater,
	"CBC.99006017": ErrTryLater, "CBC.99006024": ErrTryLater, "CBC.99006066": ErrTryLater, "CBC.99007197": ErrTryLater,
	"CBC.99007260": ErrTryLater, "CBC.99007262": ErrTryLater, "CBC.99007461": ErrTryLater, "CBC.99008040": ErrTryLater,
	"CBC.99000030": ErrLimit, "CBC.99000082": ErrLimit, "CBC.99004015": ErrLimit, "CBC.99007189": ErrLimit,
	"CBC.99007191": ErrLimit, "CBC.99008056": ErrLimit,
	"CBC.0105": ErrCredential, "CBC.0154": ErrCredential, "APIG.0301": ErrCredential, "APIG.0303": ErrCredential,
	"APIG.0305": ErrCredential, "APIG.0307": ErrCredential, "APIG.0311": ErrCredential,
	"APIG.0103": ErrUnavailable, "APIG.0104": ErrUnavailable, "APIG.0105": ErrUnavailable, "APIG.0609": ErrUnavailable,
	"APIG.0611": ErrUnavailable, "APIG.0612": ErrUnavailable, "APIG.0705": ErrUnavailable,
	"CBC.99000029": ErrDuplicate, "CBC.99000038": ErrDuplicate, "CBC.99000039": ErrDuplicate, "CBC.99007009": ErrDuplicate,
	"CBC.99007188": ErrDuplicate,
	"CBC.99000051": ErrReserved,
	"CBC.99000050": ErrAssociationPending,
	"CBC.99000004": ErrAssociationFailed,
	"CBC.99000026": ErrVerificationCode, "CBC.99000027": ErrVerificationCode, "CBC.99004003": ErrVerificationCode,
	"CBC.99004008": ErrVerificationCode, "CBC.99004009": ErrVerificationCode, "CBC.99004010": ErrVerificationCode,
	"CBC.8215": ErrRealName, "CBC.70600026": ErrRealName, "CBC.70600032": ErrRealName, "CBC.99005030": ErrRealName,
	"CBC.99007193": ErrRealName, "CBC.99007202": ErrRealName, "CBC.99007219": ErrRealName, "CBC.99007253": ErrRealName,
	"CBC.99007255": ErrRealName, "CBC.99007256": ErrRealName, "CBC.99007257": ErrRealName, "CBC.99007258": ErrRealName,
	"CBC.99007259": ErrRealName, "CBC.99007261": ErrRealName, "CBC.99007265": ErrRealName, "CBC.99007267": ErrRealName,
	"CBC.5003": ErrInsufficientBalance, "CBC.7181": ErrInsufficientBalance, "CBC.99003155": ErrInsufficientBalance,
	"CBC.99003198": ErrInsufficientBalance, "CBC.99005003": ErrInsufficientBalance, "CBC.99007181": ErrInsufficientBalance,
	"CBC.99000089": ErrOrderChanged, "CBC.99003106": ErrOrderChanged, "CBC.99005010": ErrOrderChanged,
	"CBC.99003110": ErrOrderExpired, "CBC.99003162": ErrOrderExpired,
	"CBC.99000088": ErrPaymentInProgress,
	"CBC.30050006": ErrUnpaidOrder, "CBC.30050010": ErrUnpaidOrder, "CBC.99003100": ErrUnpaidOrder,
	"CBC.99000048": ErrCoupon, "CBC.99003108": ErrCoupon, "CBC.99003112": ErrCoupon, "CBC.99003116": ErrCoupon,
	"CBC.99003117": ErrCoupon, "CBC.99003147": ErrCoupon, "CBC.99003156": ErrCoupon,
	"CBC.50000010": ErrQuota, "CBC.50000020": ErrQuota, "CBC.50000021": ErrQuota, "CBC.50000034": ErrQuota,
	"CBC.99000012": ErrQuota, "CBC.99000013": ErrQuota, "CBC.99000017": ErrQuota, "CBC.99000018": ErrQuota,
	"CBC.99000019": ErrQuota, "CBC.99000020": ErrQuota, "CBC.99000021": ErrQuota, "CBC.99000022": ErrQuota,
	"CBC.99000023": ErrQuota, "CBC.99000024": ErrQuota, "CBC.99000025": ErrQuota,
	"CBC.99003141": ErrCapacity,
	"CBC.3016":     ErrFrozen, "CBC.8214": ErrFrozen, "CBC.99003602": ErrFrozen, "CBC.99003610": ErrFrozen,
	"CBC.99003624": ErrFrozen, "CBC.99003625": ErrFrozen, "CBC.99003626": ErrFrozen, "CBC.99003656": ErrFrozen,
	"CBC.99007281": ErrFrozen,
	"CBC.3006":     ErrNotSupported, "CBC.3185": ErrNotSupported, "CBC.7004": ErrNotSupported, "CBC.30000053": ErrNotSupported,
	"CBC.30010036": ErrNotSupported, "CBC.30050007": ErrNotSupported, "CBC.30050013": ErrNotSupported,
	"CBC.99000083": ErrNotSupported, "CBC.99000086": ErrNotSupported, "CBC.99003128": ErrNotSupported,
	"CBC.99003154": ErrNotSupported, "CBC.99003185": ErrNotSupported, "CBC.99003605": ErrNotSupported,
	"CBC.99003608": ErrNotSupported, "CBC.99003609": ErrNotSupported, "CBC.99003611": ErrNotSupported,
	"CBC.99003622": ErrNotSupported, "CBC.99003634": ErrNotSupported, "CBC.99003643": ErrNotSupported,
	"CBC.99003647": ErrNotSupported, "CBC.99003649": ErrNotSupported, "CBC.99003650": ErrNotSupported,
	"CBC.99003652": ErrNotSupported, "CBC.99003654": ErrNotSupported, "CBC.99005026": ErrNotSupported,
	"CBC.99007004": ErrNotSupported,
}

// ConditionOf returns the condition of a code that the API gave for one item of
// several, such as ItemError.Code, and nil for a code that has none.
func ConditionOf(code string) error { return conditions[code] }
