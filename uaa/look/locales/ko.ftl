### 화면의 모든 문장(한국어). 설명은 합쇼체, 요청은 -하세요, 버튼은 명사나 짧은 동사구. 제품과 회사 이름은 옮기지 않는다.
### 이름 뒤의 조사는 이름 다음에 명사를 두거나 RO 함수로 고른다.

## 모든 화면
help = 도움말
privacy = 개인정보 처리방침
terms = 이용약관
language = 언어
by-hallmark = Hallmark
nav-account = 계정
nav-home = 애플리케이션
nav-profile = 프로필
nav-roles = 역할
signed-in-as = 로그인한 계정
sign-out = 로그아웃
sign-in = 로그인
continue = 계속
change = 변경
command = 명령
account-unseen = 계정:
account-change = 계정 변경
to-continue = 로그인하면 <strong>{ $client }</strong>{ RO($client) } 이동합니다
signed-in-account = <strong>{ $name }</strong>({ $mail }) 계정으로 로그인되어 있습니다.
not-you = 본인이 아닌가요?
allow = 허용
deny = 거부
your-applications = 내 애플리케이션

## 확인 수단
proof-password = 비밀번호
proof-passkey = 패스키
proof-app = 인증 앱
proof-recovery-code = 복구 코드
proof-passcode = 패스코드

## 시간
clock = { $half ->
    [am] 오전
   *[pm] 오후
} { $twelve }시 { $minuteNumber }분
clock-seconds = { $hour }:{ $minute }:{ $second }
clock-utc = { $clock }(UTC)
date = { $year }년 { $month }월 { $day }일
today = 오늘
yesterday = 어제
ago = { $span } 전
day-at = { $day } { $clock }
date-at = { $date } { $clock }
span = { $count }{ $unit ->
    [seconds] 초
    [minutes] 분
    [hours] 시간
   *[days] 일
}
span-words = { $count }{ $unit ->
    [seconds] 초
    [minutes] 분
    [hours] 시간
   *[days] 일
}

## 로그인: 계정
sign-in-title = 로그인
username = 이메일 또는 사용자 이름
sign-in-passkey = 패스키로 로그인
or-organization = 또는 소속 조직 계정으로
continue-with = { $provider } 계정으로 계속
provider-last = 이 기기에서 마지막으로 사용함
all-organizations = 전체 조직 { $count }개
new-here = 처음 오셨나요?
create-account-link = 계정 만들기

## 로그인: 비밀번호
password-title = 비밀번호 입력
password = 비밀번호
remember = 이 기기에서 로그인 상태 유지
forgot-link = 비밀번호를 잊으셨나요?
other-way = 다른 방법으로 로그인

## 알림
wrong-password = 사용자 이름 또는 비밀번호가 올바르지 않습니다.
wrong-password-then = 둘 다 확인한 후 다시 시도하세요.
wrong-password-left = 둘 다 확인한 후 다시 시도하세요. { $left }번 더 실패하면 로그인이 잠시 중지됩니다.
passkey-needs-script = 패스키를 사용하려면 JavaScript가 필요합니다.
passkey-needs-script-then = 이 페이지에서 JavaScript를 허용한 후 버튼을 다시 누르거나 사용자 이름으로 로그인하세요.
passkey-failed = 패스키를 확인하지 못했습니다.
passkey-failed-then = 다시 시도하거나 사용자 이름으로 로그인하세요.
session-ended = 세션이 종료되었습니다.
session-ended-then = 다시 로그인하면 하던 작업을 계속할 수 있습니다.
form-expired = 오래된 페이지였습니다.
form-expired-then = 아무것도 전송되지 않았습니다. 다시 입력하세요.
password-changed = 새 비밀번호가 설정되었습니다.
password-changed-then = 새 비밀번호로 로그인하세요.
address-confirmed = 주소가 확인되었습니다.
address-confirmed-then = 계속하려면 로그인하세요.
invitation-accepted = 계정이 준비되었습니다.
invitation-accepted-then = 설정한 비밀번호로 로그인하세요.
provider-failed = { $provider } 계정으로 로그인하지 못했습니다.
provider-failed-then = 다시 시도하거나 다른 방법을 선택하세요. 문제가 계속되면 플랫폼 팀에 알려 주세요.
account-off = 이 계정으로는 로그인할 수 없습니다.
account-off-then = 플랫폼 팀에 계정 활성화를 요청하세요.

## 로그인 중지
locked-title = 로그인이 잠시 중지되었습니다
locked-lead = 이 계정으로 로그인 시도가 너무 많았습니다.
locked-until = 약 { $span } 후, <time datetime="{ $iso }">{ $clock }</time> 이후에 다시 시도하세요.
locked-means = 계정에서 변경된 것은 없습니다. 비밀번호나 코드를 추측하려는 시도로부터 계정을 보호하기 위한 조치입니다.
reset-password = 비밀번호 재설정
locked-not-you = 본인이 시도하지 않았다면 플랫폼 팀에 알려 주세요: <a href="mailto:{ $contact }">{ $contact }</a>.
locked-reference = 참조 번호 <code>{ $reference }</code>.

## 확인 전
unverified-title = 먼저 이메일 주소를 확인하세요
unverified-lead = 이 계정의 이메일 주소가 아직 확인되지 않았습니다.
unverified-means = 주소를 확인한 후에 로그인할 수 있습니다.
unverified-open = 계정의 주소로 받은 메일의 링크를 열거나 새 링크를 보내세요.
unverified-ask = 플랫폼 팀에 주소 확인을 요청하세요.

## 오류
error-title = 여기서 계속할 수 없습니다
error-title-not-found = 페이지를 찾을 수 없습니다
error-title-cookies = 쿠키가 필요합니다
error-title-busy = 지금은 요청이 많습니다
error-title-ours = 처리 중에 오류가 발생했습니다
error-lead-request = 애플리케이션에서 보낸 요청에 안전하게 응답할 수 없습니다.
error-lead-expired = 전송된 내용을 받을 수 없습니다.
error-lead-cookies = 브라우저에서 양식과 함께 쿠키를 보내지 않았습니다.
error-lead-not-found = 주소가 잘못되었거나 페이지가 이동되었습니다.
error-lead-not-allowed = 로그인되어 있지만 이 계정으로는 할 수 없는 작업입니다.
error-lead-busy = 한 번에 처리할 수 있는 것보다 많은 요청을 받고 있습니다.
error-lead-ours = 사용자의 잘못이 아니며, 오류가 기록되었습니다.
error-return-address = “{ $client }” 애플리케이션의 응답 주소가 없거나 등록되지 않았습니다.
error-unknown-client = 등록되지 않은 애플리케이션입니다.
error-hint = 어떤 로그인에 관한 요청인지 알려 주는 값(id_token_hint)이 없거나 올바르지 않습니다.
error-request-uri = 애플리케이션이 가리킨 요청(request_uri)이 올바르지 않거나 이미 사용되었거나 만료되었습니다.
error-malformed = 요청이 불완전하거나 같은 항목이 중복되어 있습니다.
error-expired = 이 브라우저에서 받은 양식이 아닙니다.
error-cookies = 쿠키가 없으면 누가 보낸 양식인지 알 수 없습니다.
error-not-found = 이 주소에는 아무것도 없습니다.
error-not-allowed = 이 계정에는 필요한 권한이 없습니다.
error-busy = 요청을 받지 못했습니다.
error-ours = 요청을 완료하지 못했습니다.
error-not-sent-back = 그래서 애플리케이션으로 돌려보내지 않았습니다. 계정에는 영향이 없습니다.
error-nothing-sent = 아무것도 전송되지 않았습니다. 계정에는 영향이 없습니다.
error-nothing-changed = 계정에는 영향이 없습니다.
error-then-application = 애플리케이션으로 돌아가 다시 시도하세요. 이 페이지가 다시 나타나면 아래 정보를 애플리케이션 담당자에게 보내세요.
error-then-expired = 페이지를 다시 열고 입력하세요.
error-then-cookies = 이 사이트의 쿠키를 허용한 후 페이지를 다시 여세요.
error-then-not-found = 이전 페이지로 돌아가거나 내 애플리케이션에서 시작하세요.
error-then-not-allowed = 권한이 필요하면 아래 정보를 플랫폼 팀에 보내고 요청하세요.
error-then-busy = 잠시 기다렸다가 페이지를 다시 여세요.
error-then-ours = 잠시 후 다시 시도하세요. 이 페이지가 다시 나타나면 아래 정보를 플랫폼 팀에 보내세요.
load-again = 페이지 다시 열기
error-code = 오류
error-client = 클라이언트
error-reference = 참조 번호
error-time = 시각
error-time-at = <time datetime="{ $iso }">{ $date } { $seconds }</time>

## 동의
consent-title = { $client }에서 접근 권한을 요청합니다
client-privacy = 개인정보 처리 방침 ({ $host })
client-terms = 이용 약관 ({ $host })
technical-names = 기술 정보
technical-client = 클라이언트 <code>{ $client }</code>, 응답 주소 <code>{ $uri }</code>
scopes-you = 내 정보
scopes-platform = 플랫폼
scopes-accounts = 계정
scopes-zone = 로그인 서비스 운영
scopes-other = 다른 서비스
scopes-away = 자리를 비웠을 때
scope-required = 로그인할 때 항상 함께 전달됩니다
only-where-you-may = 내게 권한이 있는 곳에서만 가능합니다
scope-openid = 계정 식별자
scope-openid-why = 계정에 있는 이름, 이메일 주소, 전화번호도 함께 전달됩니다
scope-openid-own = 이 애플리케이션에만 알려지는 식별자입니다
scope-openid-all = 계정 식별자와 계정의 이름, 이메일 주소, 전화번호
scope-openid-alone = 이 애플리케이션에만 알려지는 계정 식별자
scope-profile = 이름과 프로필 사진
scope-email = 이메일 주소
scope-phone = 전화번호
scope-address = 우편 주소
scope-roles = 소속 그룹
scope-user-attributes = 소속 조직에서 관리하는 추가 정보
scope-user-attributes-why = 예를 들어 부서나 사번
scope-offline-access = 권한을 철회할 때까지 계속 접근
scope-offline-access-why = 프로필에서 언제든지 철회할 수 있습니다
scope-cc-read = 내 조직, 스페이스, 애플리케이션 보기
scope-cc-write = 애플리케이션 배포, 변경, 시작 및 중지
scope-cc-admin = 플랫폼에서 모든 작업 수행
scope-cc-admin-why = 관리자 계정인 경우 모든 조직에서 가능합니다
scope-cc-admin-read-only = 플랫폼의 모든 정보 보기
scope-cc-global-auditor = 비밀 정보를 제외한 플랫폼의 모든 정보 보기
scope-cc-service-permissions = 서비스 관리 권한이 있는지 확인
scope-firehose = 모든 애플리케이션의 로그와 메트릭 읽기
scope-logs-admin = 모든 애플리케이션의 로그 읽기
scope-routes-read = 경로 보기
scope-routes-write = 경로 추가 및 삭제
scope-router-groups-read = 라우터 그룹 보기
scope-router-groups-write = 라우터 그룹 변경
scope-network-write = 애플리케이션 간 통신 허용
scope-network-admin = 모든 애플리케이션 간 통신 허용
scope-uaa-user = 이 로그인 서비스에서 나를 대신하여 작업
scope-password-write = 비밀번호 변경
scope-approvals = 애플리케이션에 허용한 권한 보기 및 변경
scope-scim-me = 내 계정 보기 및 변경
scope-scim-read = 모든 계정과 그룹 보기
scope-scim-write = 모든 계정과 그룹 변경
scope-scim-create = 계정 만들기
scope-scim-userids = 계정의 소유자 조회
scope-scim-invite = 사용자 초대
scope-groups-update = 그룹 변경
scope-uaa-admin = 이 로그인 서비스에서 모든 작업 수행
scope-uaa-admin-why = 관리자 계정인 경우에만 가능합니다
scope-uaa-resource = 토큰 확인
scope-clients-read = 등록된 애플리케이션 보기
scope-clients-write = 애플리케이션 등록 및 변경
scope-clients-secret = 애플리케이션의 비밀 키 변경
scope-clients-admin = 모든 애플리케이션 등록, 변경 및 삭제
scope-zones-read = 아이덴티티 존 보기
scope-zones-write = 아이덴티티 존 추가 및 변경
scope-idps-read = 아이덴티티 공급자 보기
scope-idps-write = 아이덴티티 공급자 변경
scope-scim-zones = 계정에 아이덴티티 존 권한 부여
scope-zone-admin = 아이덴티티 존에서 모든 작업 수행

## 패스코드
passcode-title = 일회용 패스코드
passcode-lead = 명령줄 도구에서 <strong>{ $name }</strong> 계정으로 한 번 로그인할 수 있습니다.
passcode-until = <time datetime="{ $iso }">{ $clock }</time>까지 { $span }간 유효하며, 한 번만 사용할 수 있습니다. 클릭하면 전체가 선택됩니다.
passcode-step-start = 터미널에서 로그인을 시작합니다.
passcode-step-paste = 패스코드를 묻는 메시지가 나오면 붙여 넣습니다. 입력한 값은 화면에 표시되지 않습니다.
passcode-new = 새 패스코드 받기
passcode-warning = 패스코드를 다른 사람에게 알려 주지 마세요. 새로 받으면 이전 패스코드는 사용할 수 없습니다.

## 로그아웃
sign-out-title = 로그아웃할까요?
sign-out-asked = <strong>{ $client }</strong>에서 로그아웃을 요청합니다. 여기와 여기에서 연 애플리케이션에서 로그아웃됩니다.
sign-out-all = 여기와 여기에서 연 애플리케이션에서 로그아웃됩니다.
stay-signed-in = 로그인 상태 유지
signed-out-title = 로그아웃되었습니다
signed-out-lead = { $zone } 및 여기에서 연 애플리케이션에서 로그아웃되었습니다.
signed-out-confirmed = 애플리케이션 { $count }개에서 확인했습니다: { $names }.
signed-out-silent = 애플리케이션 { $count }개에서 응답이 없습니다: { $names }.
signed-out-silent-then = 그곳에는 아직 로그인되어 있을 수 있습니다. 그곳에서도 로그아웃하세요.
signed-out-shared = 여럿이 사용하는 컴퓨터라면 브라우저 창도 닫으세요.
back-to = { $client }{ RO($client) } 돌아가기
sign-in-again = 다시 로그인

## 애플리케이션
home-title = 애플리케이션
home-lead = 이 계정으로 열 수 있는 애플리케이션입니다.
home-empty = 아직 애플리케이션이 없습니다
home-empty-then = 애플리케이션 접근 권한을 받으면 여기에 표시됩니다.
home-empty-roles = 애플리케이션 접근 권한을 받으면 여기에 표시됩니다. 현재 할 수 있는 작업은 <a href="{ $href }">조직 및 역할</a>에서 확인할 수 있습니다.

## 애플리케이션으로 이동
hand-over-title = { $client }{ RO($client) } 돌아갑니다
hand-over-lead = 로그인되었습니다. 자동으로 이동하지 않으면 버튼을 누르세요.

## 추가 확인
second-factor-title = 인증 앱의 코드 입력
second-factor-lead = 비밀번호가 확인되었습니다. 한 번 더 확인이 필요합니다.
six-digits = 6자리 코드
code-wrong = 코드가 올바르지 않습니다. 다음 코드를 기다렸다가 휴대폰의 시간을 확인하세요.
from-app = 인증 앱에 표시된 코드입니다.
from-app-named = “{ $app }” 인증 앱에 표시된 코드입니다.
trust-device = 이 기기에서 { $days }일 동안 묻지 않기
verify = 확인
use-passkey = 패스키 사용
recovery-title = 복구 코드 사용
recovery-lead = 추가 인증을 설정할 때 저장한 코드 10개 중 하나입니다.
recovery-wrong = 코드가 올바르지 않거나 이미 사용되었습니다.
recovery-left = 코드는 한 번만 사용할 수 있습니다. { $left }개 남았습니다.
use-app = 대신 인증 앱 사용
lost-both = 둘 다 없음: 플랫폼 팀에 인증 수단 재설정 요청
recovery-codes-title = 복구 코드를 보관하세요
recovery-codes-lead = 다른 수단을 모두 잃었을 때 코드마다 한 번씩 로그인할 수 있습니다. 지금만 표시됩니다.
recovery-codes-label = 복구 코드 { $count }개
recovery-codes-keep = 인쇄하거나 적어서 여권처럼 중요한 것과 함께 보관하세요.
recovery-codes-kept = 보관했습니다
finish = 완료
set-up-app-title = 인증 앱 설정
set-up-app-lead = { $zone } 로그인에는 추가 확인이 필요합니다. 한 번만 설정하면 되며 1분 정도 걸립니다.
set-up-app-lead-own = 비밀번호에 더하는 추가 확인 수단입니다. 한 번만 설정하면 되며 1분 정도 걸립니다.
set-up-app-scan = 인증 앱으로 스캔하세요.
set-up-app-picture = 아래 키가 담긴 QR 코드
set-up-app-key = 스캔할 수 없나요? 다음 키를 입력하세요: <code>{ $key }</code>
set-up-app-code = 앱에 표시된 코드 입력
set-up-passkey-instead = 대신 패스키 설정

## 패스키
passkey-title = 패스키 사용
passkey-lead = 브라우저에서 지문, 얼굴 또는 기기 PIN을 확인합니다.
passkey-set-up-title = 패스키 설정
passkey-set-up-lead = 지문, 얼굴 또는 기기 PIN으로 로그인합니다. 입력할 것도, 유출될 것도 없습니다.
passkey-set-up-script-then = 이 페이지에서 JavaScript를 허용한 후 버튼을 다시 누르세요.
passkey-name = 패스키 이름
passkey-name-hint = 여러 패스키 중에서 알아볼 수 있는 이름을 입력하세요.
passkey-make = 패스키 만들기
passkey-not-made = 패스키를 만들지 못했습니다.
passkey-not-made-then = 다시 시도하거나 나중에 설정하세요. 계정에서 변경된 것은 없습니다.
not-now = 나중에

## 계정 선택
choose-account-title = 계정 선택
known-signed-out = { $mail }, 로그아웃됨
forget-account = 이 브라우저에서 { $name }({ $mail }) 삭제
another-account = 다른 계정 사용
sign-out-of-all = 모든 계정에서 로그아웃

## 기기
device-title = 기기 연결
device-lead = 명령줄 도구, TV 또는 다른 기기에 표시된 코드를 입력하세요.
device-code = 기기에 표시된 코드
device-hint = 영문자 8자리입니다. 대소문자와 하이픈은 구분하지 않습니다.
device-wrong = 코드가 없거나 만료되었습니다. 기기에 표시된 코드와 비교하거나 기기에서 다시 시작하세요.
device-confirm-title = 본인의 기기인가요?
device-same = 기기에 다음 코드가 똑같이 표시되어야 합니다.
device-asks = 요청한 애플리케이션
device-from = 요청한 곳
device-at = 요청한 시각
device-at-when = <time datetime="{ $iso }">{ $clock }</time>, { $ago }
device-may = 허용되는 작업
device-may-nothing = 어떤 계정인지 확인하는 것 외에는 없음
device-warning = 직접 시작한 경우에만 허용하세요. 코드를 보내온 사람은 내 계정을 사용하려는 것입니다.
device-done-title = 기기가 연결되었습니다
device-done-lead = 이 페이지를 닫고 기기에서 계속하세요.
device-done = 이제 <strong>{ $client }</strong>에서 나를 대신하여 작업할 수 있습니다.
device-done-then = 몇 초 안에 계속됩니다.
device-denied-title = 기기가 연결되지 않았습니다
device-denied-lead = 이 페이지를 닫아도 됩니다.
device-denied = <strong>{ $client }</strong>에서 나를 대신하여 작업할 수 없습니다.
device-denied-then = 직접 시작하지 않았다면 더 할 일은 없습니다.
connected-link = 연결된 애플리케이션 확인 또는 철회

## 비밀번호 재설정
forgot-title = 비밀번호 재설정
forgot-lead = 계정에 등록된 주소로 링크를 보냅니다.
forgot-elsewhere = 회사에서 비밀번호를 관리하나요? 그렇다면 <a href="{ $href }">{ $name }</a>에서 재설정하세요.
send-link = 링크 보내기
back-to-sign-in = 로그인으로 돌아가기
check-mail-title = 메일을 확인하세요
check-mail-lead = 메일의 링크는 { $span } 동안 한 번만 사용할 수 있습니다.
check-mail-if = <strong>{ $address }</strong> 계정이 있으면 메일이 발송됩니다.
check-mail-new = <strong>{ $address }</strong> 주소로 메일을 보냈습니다. 이 주소로 만든 계정이 이미 있다면 로그인하세요.
check-mail-address = <strong>{ $address }</strong> 주소로 메일을 보냈습니다. 메일의 링크를 열어 확인하면 주소가 바뀝니다.
check-mail-confirm = <strong>{ $address }</strong> 계정의 주소를 확인해야 한다면 그 주소로 메일이 발송됩니다.
check-mail-from = <strong>{ $from }</strong> 주소에서 보내며 보통 1분 안에 도착합니다.
check-mail-junk-alone = 메일이 없나요? 스팸 메일함을 확인하세요.
check-mail-junk = 메일이 없나요? 스팸 메일함을 확인한 후 다시 보내세요.
send-again = 다시 보내기
another-address = 다른 주소 사용
new-password-title = 새 비밀번호 정하기
new-password-lead = <strong>{ $username }</strong> 계정의 비밀번호입니다. 이 계정의 다른 세션은 모두 종료됩니다.
password-new = 새 비밀번호
password-now = 현재 비밀번호
password-choose = 비밀번호 정하기
password-again = 비밀번호 다시 입력
save-and-sign-in = 저장하고 로그인
save-and-go-on = 저장하고 계속
force-change-title = 비밀번호를 변경하세요
force-change-lead = 플랫폼 팀에서 새 비밀번호를 요청했습니다. 변경하면 하던 작업을 계속할 수 있습니다.
change-password-lead = 이 계정의 다른 모든 세션이 종료됩니다.
force-change-expired = { $date }에 만료되었습니다. 새 비밀번호를 정하면 하던 작업을 계속할 수 있습니다.
password-against-rules = 비밀번호가 너무 짧거나 단순합니다. 다른 비밀번호를 선택하세요.
password-common = 가장 많이 쓰이는 비밀번호 목록에 있습니다. 다른 비밀번호를 선택하세요.
password-used-before = 이전에 사용한 비밀번호입니다. 다른 비밀번호를 선택하세요.
password-not-the-same = 두 비밀번호가 다릅니다. 다시 입력하세요.
password-wrong-old = 현재 비밀번호가 올바르지 않습니다.
rule-least = { $count }자 이상이어야 합니다.
rule-not-last = 최근에 사용한 비밀번호 { $count }개는 사용할 수 없습니다.
rule-capitals = 대문자가 { $count }자 이상 필요합니다.
rule-small = 소문자가 { $count }자 이상 필요합니다.
rule-digits = 숫자가 { $count }자 이상 필요합니다.
rule-others = 그 외의 문자가 { $count }자 이상 필요합니다.
rule-sentence = 짧은 문장이 좋으며 기호는 필요하지 않습니다.

## 가입
invitation-title = { $place } 참여
invitation-by-to = <strong>{ $by }</strong> 계정에서 { $zone }의 { $organization } 조직에 초대했습니다.
invitation-by = <strong>{ $by }</strong> 계정에서 { $zone }에 초대했습니다.
invitation-you = { $zone }에 초대되었습니다.
invitation-become = 맡을 역할
invitation-as = 초대된 주소
invitation-until = 유효 기간
date-marked = <time datetime="{ $iso }">{ $date }</time>
your-name = 이름
accept-invitation = 초대 수락
have-account = 계정이 있나요?
sign-in-to-accept = 로그인하여 수락
register-title = 계정 만들기
register-lead = 계정 하나로 { $zone }의 모든 것을 사용할 수 있습니다.
mail-address = 이메일 주소
mail-wrong = 이메일 주소가 아닙니다.
mail-of-provider = { $provider }에 속한 주소입니다. 이 주소로는 여기에서 계정을 만들 수 없습니다.
read-it = 읽기
create-account = 계정 만들기
verify-title = 주소를 확인하세요
verify-lead = <strong>{ $mail }</strong> 주소를 확인합니다.
verify-why = 링크를 자동으로 여는 메일 프로그램이 대신 확인하지 않도록 버튼을 한 번 누르세요.
verify-button = 주소 확인
link-expired-title = 더 이상 사용할 수 없는 링크입니다
link-expired-lead = 이미 사용되었거나 새 링크가 발송되었거나 유효 시간({ $span })이 지났습니다.
link-expired-why = 메일의 링크는 { $span } 동안 한 번만 사용할 수 있으므로, 메일함에 남은 오래된 링크로는 아무것도 열리지 않습니다. 새 링크는 1분이면 도착합니다.
link-expired-ask = 보낸 사람에게 새 링크를 요청하세요.
link-expired-anew = 계정 만들기
send-new-link = 새 링크 보내기
mail-not-set-up-title = 메일이 설정되지 않았습니다
mail-not-set-up-lead = 여기서는 메일을 보낼 수 없습니다.
mail-no-server = 이 서버에는 메일을 보낼 메일 서버가 없습니다.
mail-no-server-then = 플랫폼 팀에 메일 서버 설정이나 필요한 작업을 요청하세요.
for-operator = 운영자용:
change-email-title = 이메일 주소 변경
change-email-lead = 현재 주소: <strong>{ $current }</strong>
change-email-new = 새 이메일 주소
change-email-hint = 새 주소로 링크를 보냅니다. 링크를 열어 확인하면 주소가 변경됩니다.
back-to-profile = 프로필로 돌아가기

## 프로필
profile-title = 프로필 및 보안
profile-lead = 본인을 확인하는 방법과 로그인한 곳을 관리합니다.
profile-you = 내 정보
profile-you-managed = 이름은 { $directory }에서 관리하며 그곳에서 변경할 수 있습니다.
profile-you-own = 이름과 연락할 수 있는 주소입니다.
profile-name = 이름
profile-mail-verified = 이메일, 확인됨
profile-mail-unverified = 이메일, 확인되지 않음
profile-password-why = 길이가 가장 중요합니다. 짧은 문장이 좋은 비밀번호가 됩니다.
profile-password-changed = { $date }에 변경함
profile-passkeys = 패스키
profile-passkeys-why = 지문, 얼굴 또는 기기 PIN으로 로그인합니다. 입력할 것도, 유출될 것도 없습니다.
profile-passkey-add = 패스키 추가
profile-app-why = 30초마다 바뀌는 6자리 코드입니다.
profile-app-add = 인증 앱 설정
factor-used = { $added } 등록, { $day } 사용
factor-unused = { $date } 등록, 사용한 적 없음
remove = 삭제
rename = 이름 변경
factor-name = 이름
save = 저장
profile-recovery = 복구 코드
profile-recovery-why = 다른 수단을 모두 잃었을 때 사용합니다. 종이에 적어 보관하세요.
profile-recovery-left = { $of }개 중 { $left }개 남음
profile-recovery-made = { $date } 생성
profile-recovery-renew = 새로 만들기
profile-sessions = 로그인 세션
profile-sessions-why = 현재 로그인되어 있는 기기입니다. 종료하면 즉시 로그아웃됩니다.
session-now = 지금 사용 중
session-active = { $ago } 사용, { $since } 로그인
session-this = 이 기기
session-end = 종료
sign-out-everywhere = 모든 기기에서 로그아웃
profile-applications = 연결된 애플리케이션
profile-applications-why = 접근을 허용한 애플리케이션입니다. 철회하면 즉시 접근할 수 없게 됩니다.
connected-since = { $date }부터
take-back = 철회

## 역할
access-title = 조직 및 역할
access-lead = { $who } 계정으로 할 수 있는 작업과 장소, 그리고 권한을 받은 경로입니다.
access-caption = 조직과 스페이스별 역할
access-empty = 아직 역할이 없습니다
access-empty-then = 조직에서 역할을 받으면 여기에 표시됩니다.
access-place = 위치
access-role = 역할
access-through = 경로
access-explanation = 설명
access-organization = 조직
role-custom = 사용자 지정 역할
role-given = 직접 부여됨
role-since = { $date }부터
role-until = { $date }까지
role-group-since = 그룹, { $date }부터
why = 이유
why-of = 이유: { $place }의 { $role } 역할
stamp-allowed = 허용됨
stamp-denied = 거부됨
why-allowed = { $who } 계정은 { $what ->
    [app-push] { $place }에서 애플리케이션을 배포할
    [space-delete] { $place } 스페이스를 삭제할
   *[other] { $place }에서 이 작업을 할
} 수 있습니다
why-denied = { $who } 계정은 { $what ->
    [app-push] { $place }에서 애플리케이션을 배포할
    [space-delete] { $place } 스페이스를 삭제할
   *[other] { $place }에서 이 작업을 할
} 수 없습니다
why-nothing-denies = 거부하는 규칙이 없습니다.
why-decision = 결정 <code>{ $decision }</code>, { $seconds }.
why-entry = 감사 로그 { $entry }번 항목.
ask-for-role = 역할 요청
step-role-allows = 역할에서 허용합니다
step-role-allows-how = { $role } 역할의 권한 { $of }개 중에 <code>{ $permission }</code> 권한이 있습니다.
step-group-has = 그룹에 역할이 있습니다
step-group-from = { $directory }에서 가져온 { $group } 그룹:<br><code>{ $name }</code>
step-group-ours = 이 존의 { $group } 그룹입니다.
step-given-here = 이 위치에 부여된 역할입니다
step-given-for-good = { $date }에 { $by } 계정에서 { $place } 위치에 부여했습니다. 종료일은 없습니다.
step-given-until = { $date }에 { $by } 계정에서 { $place } 위치에 { $until }까지 부여했습니다.
step-in-group = { $who } 계정이 그룹에 속해 있습니다
step-seen = { $ago }에 마지막으로 확인했습니다.
step-needs = 권한이 필요합니다
step-needs-what = 그 위치 또는 상위 위치에서 <code>{ $permission }</code> 권한이 필요합니다.
step-no-role = 여기에는 이 권한이 있는 역할이 없습니다
step-looked-at = 확인한 역할: { $looked }. 다른 위치의 역할은 여기에 적용되지 않습니다.
step-barred = 닫혀 있는 위치입니다
step-barred-where = { $place } 위치는 일시 중지되었거나 삭제되고 있습니다.
step-would = 필요한 역할
step-would-role = { $place }의 { $role } 역할입니다.
step-would-by = { $place }의 { $role } 역할입니다. { $by } 계정에서 부여할 수 있습니다.

## 메일
clock-named = { $clock }(UTC{ $offset })
mail-open = 버튼이 작동하지 않으면 다음 주소를 여세요.
mail-works = 유효 시간
mail-works-how = { $clock }까지 { $spanWords } 동안, 한 번만
mail-asked-from = 요청한 곳
mail-asked-with = 요청한 기기
mail-preview = 링크는 { $clock }까지 한 번만 사용할 수 있습니다.
mail-never-asks = 비밀번호나 코드를 묻는 일은 없습니다.
mail-questions = 문의: { $contact }
mail-foot-account = 이 메일은 { $zone } 계정에 등록된 주소로 발송되었습니다.
mail-foot-entered = 이 메일은 { $zone }에서 입력된 주소로 발송되었습니다.
mail-reset-subject = { $zone } 비밀번호 재설정
mail-reset-title = 비밀번호를 재설정하세요
mail-reset-lead = <strong>{ $username }</strong> 계정의 비밀번호 재설정 요청을 받았습니다. 본인이 요청했다면 새 비밀번호를 정하세요.
mail-reset-button = 새 비밀번호 정하기
mail-reset-not-you = 본인이 요청하지 않았다면 아무것도 하지 않아도 됩니다. 비밀번호는 바뀌지 않으며 링크는 자동으로 만료됩니다.
mail-verify-subject = { $zone } 이메일 주소 확인
mail-verify-title = 주소를 확인하세요
mail-verify-lead = 누군가, 아마도 본인이, <strong>{ $mail }</strong> 주소로 { $zone }에 계정을 만들려고 합니다. 본인의 주소인지 확인하세요:
mail-verify-button = 주소 확인
mail-verify-not-you = 본인이 아니라면 아무것도 하지 마세요. 확인하지 않으면 계정이 만들어지지 않습니다.
mail-confirm-lead = { $zone }의 <strong>{ $username }</strong> 계정은 <strong>{ $mail }</strong> 주소가 확인되어야 사용할 수 있습니다. 본인의 주소라면 확인하세요:
mail-confirm-not-you = 본인의 계정이 아니라면 아무것도 하지 마세요. 확인하지 않으면 아무도 그 계정으로 로그인할 수 없습니다.
mail-invite-subject-to = { $zone }의 { $organization } 조직 초대({ $by })
mail-invite-subject = { $zone } 초대({ $by })
mail-invite-lead-to = <strong>{ $by }</strong>({ $mail }) 계정에서 { $zone }의 { $organization } 조직에 초대했습니다.
mail-invite-lead = <strong>{ $by }</strong>({ $mail }) 계정에서 { $zone }에 초대했습니다.
mail-invite-preview-role = 맡을 역할: { $role }.
mail-invite-preview = { $date }까지 유효합니다.
mail-invite-not-you = 보낸 사람을 모른다면 아무것도 하지 않아도 됩니다. 계정은 만들어지지 않습니다.
mail-invite-lead-plain = <strong>{ $by }</strong>에서 { $zone }에 초대했습니다.
mail-new-password-subject = { $zone } 비밀번호가 변경되었습니다
mail-new-password-title = 비밀번호가 변경되었습니다
mail-new-password-lead = <strong>{ $username }</strong> 계정의 비밀번호가 새로 설정되었습니다. 이 계정의 다른 모든 세션이 종료되었습니다.
mail-new-address-subject = { $zone } 계정의 주소가 변경되었습니다
mail-new-address-title = 주소가 변경되었습니다
mail-new-address-lead = 이제 <strong>{ $username }</strong> 계정의 메일은 이 주소가 아니라 <strong>{ $mail }</strong> 주소로 발송됩니다.
mail-changed-preview = 본인이 아니라면 바로 조치하세요.
mail-changed-button = 내 계정 열기
mail-changed-at = 시각
mail-changed-not-you = 본인이 변경하지 않았다면 누군가 계정에 접근한 것입니다. 즉시 새 비밀번호를 설정하고 플랫폼 팀에 알리세요.
mail-change-subject = { $zone } 새 주소 확인
mail-change-title = 새 주소를 확인하세요
mail-change-lead = { $zone }의 <strong>{ $old }</strong> 계정 주소를 <strong>{ $new }</strong> 주소로 변경하는 요청을 받았습니다. 본인이 요청했다면 확인하세요.
mail-change-not-you = 본인이 요청하지 않았다면 아무것도 하지 않아도 됩니다. 주소는 바뀌지 않으며 링크는 자동으로 만료됩니다.
