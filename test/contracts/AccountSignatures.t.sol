// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ERC7579Account} from "../../contracts/account/ERC7579Account.sol";
import {CallSpec, LimitType, SessionSpec, UsageLimit} from "../../contracts/types/SessionTypes.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {AccountFixture, ModuleStub} from "./support/AccountFixture.sol";
import {EvmAccount} from "./support/EvmAccount.sol";
import {Conduct, HostileModule} from "./support/HostileModules.sol";
import {AsserterStub} from "./support/SessionFixture.sol";
import {ISessions, Sessions} from "./support/Sessions.sol";

contract AccountSignaturesTest is AccountFixture {
    bytes4 private constant VALID = 0x1626ba7e;
    bytes4 private constant INVALID = 0xffffffff;
    bytes32 private constant HASH = keccak256("message");
    string private constant CONTENTS = "Mail(address to,string text)";
    bytes32 private constant ERC6492_MAGIC = 0x6492649264926492649264926492649264926492649264926492649264926492;

    bool private marked;

    function test_acceptsPersonalSignature() public view {
        _expect(account.isValidSignature(HASH, _personal(account, OWNER_KEY)), VALID);
        _expect(account.isValidSignature(keccak256("other"), _personal(account, OWNER_KEY)), INVALID);
        _expect(account.isValidSignature(HASH, _personal(account, 0xbad)), INVALID);
    }

    /// @notice C-03: a signature over the application's own hash is worthless.
    function test_refusesRawSignature() public view {
        _expect(account.isValidSignature(HASH, _sign(OWNER_KEY, HASH)), INVALID);
    }

    /// @notice C-01, C-02: neither another account of the same owner nor another chain accepts a signature.
    function test_refusesSignatureForAnotherAccountOrChain() public {
        ERC7579Account other = bare();
        other.initialize(new bytes[](0), one(owner));
        _expect(other.isValidSignature(HASH, _personal(account, OWNER_KEY)), INVALID);
        bytes memory signature = _personal(account, OWNER_KEY);
        vm.chainId(block.chainid + 1);
        _expect(account.isValidSignature(HASH, signature), INVALID);
    }

    function test_acceptsNestedTypedData() public view {
        (bytes32 hash, bytes memory signature) = _typed(CONTENTS, "Mail", OWNER_KEY, CONTENTS);
        _expect(account.isValidSignature(hash, signature), VALID);
        _expect(account.isValidSignature(HASH, signature), INVALID);
        string memory explicitType = "Address(bytes20 raw)Mail(Address to)";
        (hash, signature) = _typed(explicitType, "Mail", OWNER_KEY, string.concat(explicitType, "Mail"));
        _expect(account.isValidSignature(hash, signature), VALID);
    }

    /// @notice C-04: a description cannot pass one type off as another, nor smuggle members in.
    function test_refusesImproperDescriptions() public view {
        string[9] memory names = ["mail", "", "Ma il", "Ma,il", "(Mail", "Ma)il", "zMail", "aMail", " Mail"];
        for (uint256 i = 0; i < names.length; ++i) {
            string memory contents = string.concat(names[i], "(address to)");
            (bytes32 hash, bytes memory signature) = _typed(contents, names[i], OWNER_KEY, contents);
            _expect(account.isValidSignature(hash, signature), INVALID);
        }
    }

    /// @notice C-04: a description names a type and defines it.
    function test_refusesDescriptionsWithoutType() public view {
        string[4] memory descriptions = ["Mail", "", "Mail)", "(address to)"];
        for (uint256 i = 0; i < descriptions.length; ++i) {
            (bytes32 hash, bytes memory signature) = _typed("", "Mail", OWNER_KEY, descriptions[i]);
            _expect(account.isValidSignature(hash, signature), INVALID);
        }
    }

    /// @notice C-04: every character but the delimiters may be part of a name.
    function testFuzz_readsNamesByCharacter(uint8 character) public view {
        bytes1 c = bytes1(character);
        bool delimits = c == 0 || c == " " || c == "," || c == "(" || c == ")";
        string memory name = string(abi.encodePacked("M", c));
        string memory contents = string.concat(name, "(address to)");
        (bytes32 hash, bytes memory signature) = _typed(contents, name, OWNER_KEY, contents);
        _expect(account.isValidSignature(hash, signature), delimits ? INVALID : VALID);
        bool lowerCase = c >= "a" && c <= "z";
        name = string(abi.encodePacked(c, "M"));
        contents = string.concat(name, "(address to)");
        (hash, signature) = _typed(contents, name, OWNER_KEY, contents);
        _expect(account.isValidSignature(hash, signature), delimits || lowerCase ? INVALID : VALID);
    }

    /// @notice C-04: the signature shows what was signed.
    function test_refusesShownContentsThatWereNotSigned() public view {
        (bytes32 hash, bytes memory signature) = _typed(CONTENTS, "Mail", OWNER_KEY, "Spam(address to,string text)");
        _expect(account.isValidSignature(hash, signature), INVALID);
    }

    function test_asksInstalledValidators() public {
        ModuleStub module = new ModuleStub(true, false, true);
        module.setValidHash(_personalHash(address(account)));
        bytes memory signature = abi.encode(hex"1234", address(module));
        _expect(account.isValidSignature(HASH, signature), INVALID);
        install(1, address(module));
        _expect(account.isValidSignature(HASH, signature), VALID);
        _expect(account.isValidSignature(HASH, abi.encode(hex"1234", address(module), hex"")), VALID);
        _expect(account.isValidSignature(keccak256("other"), signature), INVALID);
        module.setRefuses(true);
        _expect(account.isValidSignature(HASH, signature), INVALID);
        module.setRefuses(false);
        uninstall(1, address(module));
        _expect(account.isValidSignature(HASH, signature), INVALID);
    }

    /// @notice C-11: whatever a validator does when it is asked, the answer is no.
    function test_survivesHostileValidators() public {
        for (uint256 i = 0; i <= uint256(type(Conduct).max); ++i) {
            HostileModule module = new HostileModule();
            install(1, address(module));
            module.turn(Conduct(i));
            _expect(account.isValidSignature{gas: 5_000_000}(HASH, abi.encode(hex"12", address(module))), INVALID);
        }
    }

    /// @notice C-08: session keys sign no messages.
    function test_refusesSessionKeys() public {
        vm.chainId(260);
        vm.warp(1_700_000_000);
        vm.etch(address(0x808012), address(new AsserterStub()).code);
        ISessions sessions = Sessions.deploy();
        SessionSpec memory spec;
        spec.signer = vm.addr(0x5e55);
        spec.expiresAt = block.timestamp + 1 days;
        spec.feeLimit = UsageLimit(LimitType.Lifetime, 1 ether, 0);
        spec.callPolicies = new CallSpec[](1);
        spec.callPolicies[0].target = address(0xbeef0001);
        vm.prank(address(account));
        account.installModule(1, address(sessions), abi.encode(spec));
        bytes memory signature = _sign(0x5e55, _personalHash(address(account)));
        _expect(account.isValidSignature(HASH, signature), INVALID);
        signature = abi.encode(signature, address(sessions), abi.encode(spec, new uint64[](2)));
        _expect(account.isValidSignature(HASH, signature), INVALID);
    }

    /// @notice C-07: an owner's signature of a transaction is none of a message with the same hash, and the other way round.
    function test_keepsTransactionsAndMessagesApart() public {
        Transaction memory transaction = transactionTo(address(0xe0a), 0, "");
        transaction.maxFeePerGas = 0;
        bytes32 hash = hashOf(transaction);
        _expect(account.isValidSignature(hash, _sign(OWNER_KEY, hash)), INVALID);
        bytes32 structHash = keccak256(abi.encode(keccak256("PersonalSign(bytes prefixed)"), hash));
        bytes32 signedHash = keccak256(abi.encodePacked("\x19\x01", _domainSeparator(address(account)), structHash));
        transaction.signature = _sign(OWNER_KEY, signedHash);
        _expect(account.isValidSignature(hash, transaction.signature), VALID);
        vm.prank(BOOTLOADER);
        assertEq(bytes32(account.validateTransaction(0, 0, transaction)), bytes32(0));
    }

    /// @notice C-12: an ERC-6492 wrapper is taken off, and its call is not made.
    function test_unwrapsErc6492Signatures() public {
        bytes memory call = abi.encodeCall(this.mark, ());
        bytes memory signature = _wrapped(address(this), call, _personal(account, OWNER_KEY));
        _expect(account.isValidSignature(HASH, signature), VALID);
        _expect(account.isValidSignature(keccak256("other"), signature), INVALID);
        signature = _wrapped(address(this), call, _personal(account, 0xbad));
        _expect(account.isValidSignature(HASH, signature), INVALID);
        (bytes32 hash, bytes memory typed) = _typed(CONTENTS, "Mail", OWNER_KEY, CONTENTS);
        _expect(account.isValidSignature(hash, _wrapped(address(this), call, typed)), VALID);
        // A writing call by the account itself would show here, since this call is not static.
        (bool success,) = address(account).call(abi.encodeCall(account.isValidSignature, (HASH, signature)));
        assertTrue(success, "call");
        assertFalse(marked, "call of the wrapper");
    }

    /// @notice C-12: one wrapper is taken off; malformed ones are no signatures.
    function testFuzz_refusesMalformedErc6492Signatures(uint256 offset, bytes memory rest) public view {
        bytes memory inner = _personal(account, OWNER_KEY);
        bytes memory once = _wrapped(address(this), "", inner);
        _expect(account.isValidSignature(HASH, _wrapped(address(this), "", once)), INVALID);
        _expect(account.isValidSignature(HASH, bytes.concat(rest, ERC6492_MAGIC)), INVALID);
        bytes memory head = abi.encode(address(this), uint256(96), offset);
        _expect(account.isValidSignature(HASH, bytes.concat(head, rest, ERC6492_MAGIC)), INVALID);
    }

    /// @notice C-13: the domain is that of the live chain, and survives an upgrade.
    function test_tellsTheLiveDomain() public {
        bytes memory signature = _personal(account, OWNER_KEY);
        EvmAccount next = new EvmAccount();
        vm.prank(address(account));
        account.upgradeTo(address(next));
        _expect(account.isValidSignature(HASH, signature), VALID);
        vm.chainId(12345);
        (bytes1 fields, string memory name, string memory version, uint256 chainId, address contract_, bytes32 salt,) =
            account.eip712Domain();
        assertEq(bytes32(fields), bytes32(bytes1(0x0f)));
        assertEq(bytes(name), "zksso");
        assertEq(bytes(version), "1");
        assertEq(chainId, 12345);
        assertEq(contract_, address(account));
        assertEq(salt, 0);
        _expect(account.isValidSignature(HASH, signature), INVALID);
        _expect(account.isValidSignature(HASH, _personal(account, OWNER_KEY)), VALID);
    }

    /// @notice Notes that it was called.
    function mark() external {
        marked = true;
    }

    /// @notice C-10: a wrong signature is answered, whatever it looks like.
    function testFuzz_neverReverts(bytes32 hash, bytes memory signature) public view {
        _expect(account.isValidSignature(hash, signature), INVALID);
        _expect(account.isValidSignature(hash, bytes.concat(signature, hex"0020")), INVALID);
    }

    function test_saysThatItSupportsErc7739() public view {
        bytes32 probe = 0x7739773977397739773977397739773977397739773977397739773977397739;
        _expect(account.isValidSignature(probe, ""), bytes4(0x77390001));
    }

    /// @notice C-14: of the forms an ECDSA signature can take, one is accepted.
    function test_refusesMalleableAndOddSignatures() public view {
        bytes32 signedHash = _personalHash(address(account));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(OWNER_KEY, signedHash);
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        bytes memory twin = abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        _expect(account.isValidSignature(HASH, twin), INVALID);
        _expect(account.isValidSignature(HASH, abi.encodePacked(r, s, v - 27)), INVALID);
        bytes32 compact = bytes32(uint256(s) | uint256(v - 27) << 255);
        _expect(account.isValidSignature(HASH, abi.encodePacked(r, compact)), INVALID);
    }

    function _wrapped(address factory, bytes memory call, bytes memory signature) private pure returns (bytes memory) {
        return bytes.concat(abi.encode(factory, call, signature), ERC6492_MAGIC);
    }

    function _expect(bytes4 actual, bytes4 expected) private pure {
        assertEq(bytes32(actual), bytes32(expected));
    }

    function _personal(ERC7579Account signer, uint256 key) private view returns (bytes memory) {
        return _sign(key, _personalHash(address(signer)));
    }

    function _personalHash(address signer) private view returns (bytes32) {
        bytes32 structHash = keccak256(abi.encode(keccak256("PersonalSign(bytes prefixed)"), HASH));
        return keccak256(abi.encodePacked("\x19\x01", _domainSeparator(signer), structHash));
    }

    /// @dev ERC-7739 as its text says, for contents of the given type; `described` is what the signature claims.
    function _typed(string memory contents, string memory name, uint256 key, string memory described)
        private
        view
        returns (bytes32 hash, bytes memory signature)
    {
        bytes32 appSeparator = keccak256("application");
        bytes32 contentsHash = keccak256(abi.encode(keccak256(bytes(contents)), "text"));
        hash = keccak256(abi.encodePacked("\x19\x01", appSeparator, contentsHash));
        bytes32 typeHash = keccak256(
            abi.encodePacked(
                "TypedDataSign(",
                name,
                " contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)",
                contents
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(
                typeHash, contentsHash, keccak256("zksso"), keccak256("1"), block.chainid, address(account), bytes32(0)
            )
        );
        bytes memory inner = _sign(key, keccak256(abi.encodePacked("\x19\x01", appSeparator, structHash)));
        signature = abi.encodePacked(inner, appSeparator, contentsHash, described, uint16(bytes(described).length));
    }

    function _domainSeparator(address signer) private view returns (bytes32) {
        (, string memory name, string memory version, uint256 chainId,,,) =
            ERC7579Account(payable(signer)).eip712Domain();
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                signer
            )
        );
    }

    function _sign(uint256 key, bytes32 hash) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }
}
