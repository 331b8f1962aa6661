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
form-expired = 페이지가 너무 오래 열려 있었습니다.
form-expired-then = 아무것도 전송되지 않았습니다. 다시 입력하세요.
password-changed = 새 비밀번호가 설정되었습니다.
password-changed-then = 새 비밀번호로 로그인하세요.
address-confirmed = 주소가 확인되었습니다.
address-confirmed-then = 계속하려면 로그인하세요.
provider-failed = { $provider } 계정으로 로그인하지 못했습니다.
provider-failed-then = 다시 시도하거나 다른 방법을 선택하세요. 문제가 계속되면 플랫폼 팀에 알려 주세요.
account-off = 이 계정으로는 로그인할 수 없습니다.
account-off-then = 플랫폼 팀에 계정 활성화를 요청하세요.

## 로그인 중지
locked-title = 로그인이 잠시 중지되었습니다
locked-lead = 이 계정으로 로그인 시도가 너무 많았습니다.
locked-until = <time datetime="{ $iso }">{ $clock }</time> 이후(약 { $span } 후)에 다시 시도하세요.
locked-means = 계정에서 변경된 것은 없습니다. 비밀번호를 추측하려는 시도로부터 계정을 보호하기 위한 조치입니다.
reset-password = 비밀번호 재설정
locked-not-you = 본인이 시도하지 않았다면 플랫폼 팀에 알려 주세요: <a href="mailto:{ $contact }">{ $contact }</a>.
locked-reference = 참조 번호 <code>{ $reference }</code>.

## 오류
error-title = 여기서 계속할 수 없습니다
error-title-not-found = 페이지를 찾을 수 없습니다
error-title-ours = 처리 중에 오류가 발생했습니다
error-lead-request = 애플리케이션에서 보낸 요청에 안전하게 응답할 수 없습니다.
error-lead-expired = 이 페이지의 유효 시간이 지났습니다.
error-lead-not-found = 주소가 잘못되었거나 페이지가 이동되었습니다.
error-lead-not-allowed = 로그인되어 있지만 이 계정으로는 할 수 없는 작업입니다.
error-lead-ours = 사용자의 잘못이 아니며, 오류가 기록되었습니다.
error-return-address = “{ $client }” 애플리케이션에 등록되지 않은 응답 주소입니다.
error-unknown-client = 등록되지 않은 애플리케이션입니다.
error-malformed = 요청이 불완전하거나 같은 항목이 중복되어 있습니다.
error-expired = 페이지가 너무 오래 열려 있었거나 두 번 열렸습니다.
error-not-found = 이 주소에는 아무것도 없습니다.
error-not-allowed = 이 계정에는 필요한 권한이 없습니다.
error-ours = 요청을 완료하지 못했습니다.
error-not-sent-back = 그래서 애플리케이션으로 돌려보내지 않았습니다. 계정에는 영향이 없습니다.
error-nothing-changed = 계정에는 영향이 없습니다.
error-then-application = 애플리케이션으로 돌아가 다시 시도하세요. 이 페이지가 다시 나타나면 아래 정보를 애플리케이션 담당자에게 보내세요.
error-then-not-found = 이전 페이지로 돌아가거나 내 애플리케이션에서 시작하세요.
error-then-not-allowed = 권한이 필요하면 아래 정보를 플랫폼 팀에 보내고 요청하세요.
error-then-ours = 잠시 후 다시 시도하세요. 이 페이지가 다시 나타나면 아래 정보를 플랫폼 팀에 보내세요.
error-code = 오류
error-client = 클라이언트
error-reference = 참조 번호
error-time = 시각
error-time-at = <time datetime="{ $iso }">{ $date } { $seconds }</time>

## 동의
consent-title = { $client }에서 접근 권한을 요청합니다
technical-names = 기술 정보
technical-client = 클라이언트 <code>{ $client }</code>, 응답 주소 <code>{ $uri }</code>
scopes-you = 내 정보
scopes-platform = 플랫폼
scopes-accounts = 계정
scopes-zone = 로그인 서비스 운영
scopes-other = 다른 서비스
scopes-away = 자리를 비웠을 때
scope-required = 로그인에 항상 필요합니다
only-where-you-may = 내게 권한이 있는 곳에서만 가능합니다
scope-openid = 계정 식별자
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
